/** The telephone itself, by Twilio's Voice SDK: loaded in one tab, of agents who answer in the browser alone. */
import { effect } from '@preact/signals'
import { Device } from '@twilio/voice-sdk'
import { desk } from '../agent/state'
import { api, body, Problem } from '../api/client'
import type { BrowserToken } from '../api/schema'
import { standing as session } from '../app/session'
import { Conversation } from './conversation'
import { askForMicrophone, followMicrophone } from './microphone'
import { signallingAt } from './signalling'
import { devices, type Order, tell } from './state'

/** Milliseconds before a token's end at which the next is asked for, and between tries. */
const BEFORE = 60_000
const PAUSE = 5_000
/** How long a lost connection is looked for at the edge where the call is. */
const LOOKED_FOR = 30_000
/** A line that has not come about for so long is said to be lost; the SDK goes on trying. */
const PATIENCE = 10_000
/** Codes of the SDK's errors: a token that is no longer, or not, valid. */
const EXPIRED = new Set([20104, 31205])
const REFUSED = new Set([20101, 31201, 31204])

/** The SDK's own sounds would be fetched from elsewhere; the desk has its own. */
class Silent {
  isPlaying = false
  play(): Promise<void> {
    return Promise.resolve()
  }
  stop(): void {}
  setSinkIds(): void {}
}

const registered = new Map<string, Device>()
const conversation = new Conversation()

const tokens = (): Promise<BrowserToken[]> => body(api.POST('/api/telephone/token'))

function deviceFor(given: BrowserToken): Device {
  const options = {
    closeProtection: true,
    // `Opus` and `PCMU` of the SDK, whose enumeration would load more of it
    codecPreferences: ['opus', 'pcmu'],
    logLevel: 'silent',
    maxCallSignalingTimeoutMs: LOOKED_FOR,
    tokenRefreshMs: BEFORE,
    // figures of each call would be sent to Twilio by the browser; nothing here needs them
    publishEvents: false,
    Sound: Silent,
    ...(given.edge ? { edge: given.edge } : {}),
    ...(given.signalling ? signallingAt(given.signalling) : {}),
  }
  const device = new Device(given.token, options as Device.Options)
  device.on('registered', standingNow)
  device.on('registering', standingNow)
  device.on('unregistered', standingNow)
  device.on('tokenWillExpire', () => void renew())
  device.on('incoming', (call) => conversation.begin(call, device))
  device.on('error', (fault: { code: number }) => {
    if (EXPIRED.has(fault.code)) void renew()
    else if (REFUSED.has(fault.code)) tell({ standing: 'fault', why: 'refused' })
  })
  return device
}

let patience = 0

function standingNow(): void {
  const states = [...registered.values()].map((device) => device.state)
  const ready = states.length > 0 && states.every((state) => state === Device.State.Registered)
  const standing = ready ? 'ready' : states.includes(Device.State.Registering) ? 'starting' : 'lost'
  tell({ standing, why: '' })
  clearTimeout(patience)
  if (standing === 'starting') patience = setTimeout(() => tell({ standing: 'lost' }), PATIENCE)
}

let asking = false

/** A fresh token for every account; a session that has ended is waited for. */
async function renew(): Promise<void> {
  if (asking) return
  asking = true
  try {
    for (const given of await tokens()) {
      const known = registered.get(given.provider)
      if (known) known.updateToken(given.token)
      else register(given)
    }
  } catch (fault) {
    if (fault instanceof Problem && fault.status === 409) stop()
    else if (!(fault instanceof Problem) || fault.passing) setTimeout(() => void renew(), PAUSE)
  } finally {
    asking = false
  }
}

function register(given: BrowserToken): void {
  const device = deviceFor(given)
  registered.set(given.provider, device)
  // what fails here the SDK tries again by itself, as often as it is connected
  device.register().catch(standingNow)
}

/** Calls do not ring here any more. */
function stop(): void {
  for (const device of registered.values()) device.destroy()
  registered.clear()
  clearTimeout(patience)
  tell({ standing: 'off', why: '' })
}

/** Begin, and hear of what is asked. */
export function start(): (order: Order) => void {
  if (!Device.isSupported) {
    tell({ standing: 'fault', why: 'unsupported' })
    return () => undefined
  }
  void followMicrophone()
  effect(() => {
    if (session.value !== 'signed_in' || !desk.value) return
    // the centre's document may send the agent's calls elsewhere meanwhile, and back
    if (desk.value.telephone === 'browser') void renew()
    else stop()
  })
  return obey
}

function obey(order: Order): void {
  if (order.do === 'microphone') void askForMicrophone()
  else if (order.do === 'devices') void conversation.use(devices.value)
  else conversation.obey(order)
}
