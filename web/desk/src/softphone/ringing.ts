/** How the telephone rings, on the device that was chosen for it: the desk's own tones, over and over. */
import { sounding, tone } from '../agent/bell'
import { devices } from './state'

const EVERY = 3_000
let audio: (AudioContext & { setSinkId?: (id: string) => Promise<void> }) | null = null
let again = 0

async function once(): Promise<void> {
  audio ??= new AudioContext()
  if (audio.state === 'suspended') await Promise.race([audio.resume(), new Promise((over) => setTimeout(over, 300))])
  // a device that is gone leaves it with the one before
  await audio.setSinkId?.(devices.value.ring).catch(() => undefined)
  if (!again || audio.state !== 'running') return
  for (const at of [0, 0.12, 0.24, 0.36]) {
    tone(audio, audio.currentTime + at, 740)
    tone(audio, audio.currentTime + at + 0.06, 932)
  }
}

export function startRinging(): void {
  stopRinging()
  if (!sounding.value) return
  again = setInterval(() => void once(), EVERY)
  void once()
}

export function stopRinging(): void {
  clearInterval(again)
  again = 0
}

/** So that one hears on which device it rings. */
export async function tryRinging(): Promise<void> {
  again = again || -1
  await once()
  if (again === -1) again = 0
}
