/** Which devices the telephone speaks, hears and rings on; kept by this browser. */
import { useEffect, useState } from 'preact/hooks'
import { tryRinging } from './ringing'
import { answersItself, ask, devices, phone } from './state'
import { phoneWords } from './words'

/** What there is now; without leave to hear the microphone browsers name nothing. */
function useDevices(): readonly MediaDeviceInfo[] {
  const [found, take] = useState<readonly MediaDeviceInfo[]>([])
  const allowed = phone.value.microphone
  useEffect(() => {
    const media = navigator.mediaDevices
    if (!media) return
    const read = () => void media.enumerateDevices().then(take)
    read()
    media.addEventListener('devicechange', read)
    return () => media.removeEventListener('devicechange', read)
  }, [allowed])
  return found
}

export function PhoneSettings() {
  const w = phoneWords()
  const found = useDevices()
  if (phone.value.standing === 'off') return null
  const choose = (which: keyof typeof devices.value, id: string) => {
    devices.value = { ...devices.value, [which]: id }
    ask({ do: 'devices' })
  }
  const rows = [
    { which: 'microphone', kind: 'audioinput' },
    { which: 'speaker', kind: 'audiooutput' },
    { which: 'ring', kind: 'audiooutput' },
  ] as const
  return (
    <section class="panel">
      <h2>{w.settings}</h2>
      <div class="fields">
        {rows.map(({ which, kind }) => (
          <label key={which}>
            {w[which]}
            <select value={devices.value[which]} onChange={(event) => choose(which, event.currentTarget.value)}>
              <option value="">{w.usual}</option>
              {found
                .filter((one) => one.kind === kind && one.deviceId && one.deviceId !== 'default')
                .map((one, at) => (
                  <option key={one.deviceId} value={one.deviceId}>
                    {one.label || w.unnamed(at + 1)}
                  </option>
                ))}
            </select>
          </label>
        ))}
        <label class="check">
          <input
            type="checkbox"
            checked={answersItself.value}
            onChange={(event) => {
              answersItself.value = event.currentTarget.checked
            }}
          />
          {w.answersItself}
        </label>
        <div>
          <button type="button" onClick={() => void tryRinging()}>
            {w.try}
          </button>
        </div>
      </div>
    </section>
  )
}
