/** The sound and the notification of an offer: once in a browser, however many tabs are open. */

import { signal } from '@preact/signals'
import { recalled, remember } from '../app/remembered'

export const sounding = signal(recalled('sound', true))
export const notifying = signal(recalled('notify', false))

export function setSounding(on: boolean): void {
  remember('sound', on)
  sounding.value = on
}

/** Ask the browser for leave; false where it does not give any. */
export async function setNotifying(on: boolean): Promise<boolean> {
  const allowed = !on || ('Notification' in globalThis && (await Notification.requestPermission()) === 'granted')
  remember('notify', on && allowed)
  notifying.value = on && allowed
  return allowed
}

/** Whether this tab is the one that says it: the first to take the lock of this offer's name. */
async function first(name: string): Promise<boolean> {
  if (!('locks' in navigator)) return true
  return new Promise((resolve) => {
    void navigator.locks.request(`trunkline-${name}`, { ifAvailable: true }, async (lock) => {
      resolve(lock !== null)
      // held for as long as another tab may take to hear of the same offer
      if (lock) await new Promise((over) => setTimeout(over, 5_000))
    })
  })
}

let audio: AudioContext | null = null

export function tone(context: AudioContext, at: number, frequency: number): void {
  const [oscillator, gain] = [context.createOscillator(), context.createGain()]
  oscillator.frequency.value = frequency
  gain.gain.setValueAtTime(0, at)
  gain.gain.linearRampToValueAtTime(0.16, at + 0.02)
  gain.gain.exponentialRampToValueAtTime(0.001, at + 0.35)
  oscillator.connect(gain).connect(context.destination)
  oscillator.start(at)
  oscillator.stop(at + 0.4)
}

/** Two soft tones, made here: nothing is loaded. */
export async function ring(workId: string): Promise<void> {
  if (!sounding.value || !(await first(`ring-${workId}`))) return
  audio ??= new AudioContext()
  // browsers keep silent until a person has touched the page; the pop-up is there all the same
  if (audio.state === 'suspended') await Promise.race([audio.resume(), new Promise((over) => setTimeout(over, 300))])
  if (audio.state !== 'running') return
  for (const [at, frequency] of [
    [0, 660],
    [0.22, 880],
    [0.9, 660],
    [1.12, 880],
  ] as const) {
    tone(audio, audio.currentTime + at, frequency)
  }
}

export async function notify(workId: string, title: string, text: string): Promise<void> {
  if (!notifying.value || !document.hidden || !(await first(`notify-${workId}`))) return
  const shown = new Notification(title, { body: text, tag: workId, icon: '/static/icon.svg' })
  shown.onclick = () => {
    focus()
    shown.close()
  }
}
