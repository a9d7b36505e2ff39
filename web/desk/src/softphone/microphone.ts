/** Whether this page may hear the microphone, and which devices there are. */
import { tell } from './state'

/** Asks the person, where they have not said yet. */
export async function askForMicrophone(): Promise<void> {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true })
    for (const track of stream.getTracks()) track.stop()
    tell({ microphone: 'granted' })
  } catch (fault) {
    tell({ microphone: (fault as DOMException).name === 'NotFoundError' ? 'missing' : 'denied' })
  }
}

/** From now on; a browser that does not tell is asked at the first call. */
export async function followMicrophone(): Promise<void> {
  try {
    const status = await navigator.permissions.query({ name: 'microphone' as PermissionName })
    const now = () => tell({ microphone: status.state })
    status.onchange = now
    now()
  } catch {
    tell({ microphone: 'granted' })
  }
}
