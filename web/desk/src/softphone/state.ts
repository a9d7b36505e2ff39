/**
 * The telephone that this browser is, for whoever answers in it: how it stands, which call it has, what is asked of it.
 * Of several tabs one has it (Web Locks API); the others show the same and pass on what is asked. What makes it a
 * telephone is loaded in that tab alone.
 */
import { effect, signal } from '@preact/signals'
import { desk } from '../agent/state'
import { recalled, remember } from '../app/remembered'
import { standing as session } from '../app/session'

/** `off`: calls do not ring here. `lost` is being tried again; of a `fault`, `why` says what it is. */
export type Standing = 'off' | 'starting' | 'ready' | 'lost' | 'fault'
export type Why = '' | 'insecure' | 'unsupported' | 'refused' | 'not_loaded'
export type Microphone = 'granted' | 'prompt' | 'denied' | 'missing'
export type Poor = 'connection' | 'microphone'

export interface PhoneCall {
  id: string
  /** The number that is shown to us: ours, on calls of customers. */
  from: string
  status: 'ringing' | 'connecting' | 'open' | 'reconnecting'
  muted: boolean
  since: number
}

export interface PhoneState {
  standing: Standing
  why: Why
  call: PhoneCall | null
  poor: readonly Poor[]
  microphone: Microphone
}

export type Order =
  | { do: 'answer' | 'hang_up' | 'microphone' | 'devices' }
  | { do: 'mute'; on: boolean }
  | { do: 'keys'; keys: string }

const OFF: PhoneState = { standing: 'off', why: '', call: null, poor: [], microphone: 'granted' }
export const phone = signal<PhoneState>(OFF)
/** How loud one's own microphone is, from 0 to 1; only in the tab that has the call. */
export const level = signal(0)

/** A choice of this browser's, as every tab has it. */
function choice<T>(name: string, otherwise: T) {
  const chosen = signal(recalled(name, otherwise))
  addEventListener('storage', () => {
    chosen.value = recalled(name, otherwise)
  })
  return {
    get value() {
      return chosen.value
    },
    set value(to: T) {
      remember(name, to)
      chosen.value = to
    },
  }
}

/** Answer by itself what was accepted in this browser just before. */
export const answersItself = choice('phone.answers_itself', true)
/** Devices by their ids, empty for the system's own. */
export const devices = choice('phone.devices', { microphone: '', speaker: '', ring: '' })

const EXPECTED = 'phone.expected'
/** Longer than from accepting to the first ring, and shorter than a wrap-up. */
const SOON = 30_000

/** Somebody has just asked for a call here: what rings next is theirs. */
export function expectCall(): void {
  remember(EXPECTED, Date.now())
}

/** Whether what rings was asked for in this browser; true once. */
export function isExpected(): boolean {
  const expected = Date.now() - recalled(EXPECTED, 0) < SOON
  remember(EXPECTED, 0)
  return expected
}

type Said = { state: PhoneState } | { order: Order } | 'hello'
const tabs = new BroadcastChannel('trunkline-phone')
let obey: ((order: Order) => void) | null = null

tabs.onmessage = ({ data }: MessageEvent<Said>) => {
  if (data === 'hello') {
    if (obey) tabs.postMessage({ state: phone.value } satisfies Said)
  } else if ('state' in data) {
    if (!obey) phone.value = data.state
  } else obey?.(data.order)
}

/** Ask the telephone for something, in whichever tab it is. */
export function ask(order: Order): void {
  if (obey) obey(order)
  else tabs.postMessage({ order } satisfies Said)
}

/** For the tab that has the telephone: how it stands now, in every tab. */
export function tell(change: Partial<PhoneState>): void {
  phone.value = { ...phone.value, ...change }
  tabs.postMessage({ state: phone.value } satisfies Said)
}

async function lead(): Promise<void> {
  obey = () => undefined
  tell({ ...OFF, standing: 'starting' })
  try {
    const { start } = await import('./softphone')
    obey = start()
  } catch {
    tell({ standing: 'fault', why: 'not_loaded' })
  }
}

let begun = false

/** Be a telephone from now on, as soon as the agent turns out to answer in the browser. */
export function beginPhone(): void {
  effect(() => {
    if (begun || session.value !== 'signed_in' || desk.value?.telephone !== 'browser') return
    begun = true
    if (!isSecureContext) {
      // without https no browser gives a page the microphone, nor locks
      phone.value = { ...OFF, standing: 'fault', why: 'insecure' }
      return
    }
    tabs.postMessage('hello' satisfies Said)
    void navigator.locks.request('trunkline-phone', async () => {
      await lead()
      await new Promise(() => undefined)
    })
  })
}
