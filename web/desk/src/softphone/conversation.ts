/** The one call that the telephone has: from ringing to its end, with what is heard of its quality. */
import type { Call, Device } from '@twilio/voice-sdk'
import { notify } from '../agent/bell'
import { startRinging, stopRinging } from './ringing'
import { answersItself, devices, isExpected, level, type Order, type PhoneCall, type Poor, phone, tell } from './state'
import { phoneWords } from './words'

/** Codes of the SDK's errors: the person, or the browser, does not give the microphone; it cannot be opened. */
const DENIED = 31401
const NOT_OPENED = 31402
/** Milliseconds between two looks at how loud the microphone is. */
const LOOK = 200
const OF_THE_MICROPHONE = 'constant-audio-input-level'

type Chosen = typeof devices.value
/** The enumeration itself would load the SDK. */
const isOver = (call: Call): boolean => (call.status() as string) === 'closed'

export class Conversation {
  private call: Call | null = null
  private device: Device | null = null
  private readonly warnings = new Set<string>()
  private loudest = 0
  private looked = 0

  /** Something rings; while there is a call nothing else does. */
  begin(call: Call, device: Device): void {
    if (this.call) {
      call.ignore()
      return
    }
    this.call = call
    this.device = device
    this.warnings.clear()
    const { CallSid: id = '', From: from = '' } = call.parameters
    tell({ call: { id, from, status: 'ringing', muted: false, since: Date.now() }, poor: [] })
    this.follow(call)
    startRinging()
    void notify(id, phoneWords().rings, from)
    if (answersItself.value && isExpected()) this.answer()
  }

  obey(order: Order): void {
    if (order.do === 'answer') this.answer()
    else if (order.do === 'hang_up') this.hangUp()
    else if (order.do === 'mute') this.mute(order.on)
    else if (order.do === 'keys') this.call?.sendDigits(order.keys.replace(/[^0-9*#]/g, ''))
  }

  /** Take other devices, at once. */
  async use(chosen: Chosen): Promise<void> {
    const audio = this.device?.audio
    if (!audio || !this.call) return
    // a device that is gone leaves the call with the one before
    const ignored = () => undefined
    if (chosen.speaker || audio.isOutputSelectionSupported)
      await audio.speakerDevices.set(chosen.speaker || 'default').catch(ignored)
    if (chosen.microphone && phone.value.call?.status === 'open')
      await audio.setInputDevice(chosen.microphone).catch(ignored)
  }

  private answer(): void {
    if (!this.call || phone.value.call?.status !== 'ringing') return
    stopRinging()
    this.change({ status: 'connecting' })
    const { microphone } = devices.value
    // not `exact`: a headset that was unplugged is no reason to lose a customer
    const audio = { echoCancellation: true, noiseSuppression: true, ...(microphone && { deviceId: microphone }) }
    this.call.accept({ rtcConstraints: { audio } })
    void this.use({ ...devices.value, microphone: '' })
  }

  private hangUp(): void {
    if (phone.value.call?.status === 'ringing') this.call?.reject()
    else this.call?.disconnect()
  }

  private mute(on: boolean): void {
    this.call?.mute(on)
    this.change({ muted: on })
  }

  private change(how: Partial<PhoneCall>): void {
    if (phone.value.call) tell({ call: { ...phone.value.call, ...how } })
  }

  private follow(call: Call): void {
    const over = () => this.end(call)
    call.on('accept', () => this.change({ status: 'open', since: Date.now() }))
    call.on('cancel', over)
    call.on('reject', over)
    call.on('disconnect', over)
    call.on('reconnecting', () => this.change({ status: 'reconnecting' }))
    call.on('reconnected', () => this.change({ status: 'open' }))
    call.on('transportClose', () => isOver(call) && over())
    call.on('volume', (input) => this.heard(input))
    call.on('warning', (name) => this.warned(name, true))
    call.on('warning-cleared', (name) => this.warned(name, false))
    call.on('error', (fault: { code: number }) => {
      if (fault.code === DENIED) tell({ microphone: 'denied' })
      if (fault.code === NOT_OPENED) tell({ microphone: 'missing' })
      if (isOver(call) || fault.code === DENIED || fault.code === NOT_OPENED) over()
    })
  }

  private heard(input: number): void {
    this.loudest = Math.max(this.loudest, input)
    if (Date.now() - this.looked < LOOK) return
    level.value = Math.round(this.loudest * 20) / 20
    this.loudest = 0
    this.looked = Date.now()
  }

  private warned(name: string, now: boolean): void {
    if (now) this.warnings.add(name)
    else this.warnings.delete(name)
    const poor = [...this.warnings].map((one): Poor => (one === OF_THE_MICROPHONE ? 'microphone' : 'connection'))
    tell({ poor: [...new Set(poor)] })
  }

  private end(call: Call): void {
    if (this.call !== call) return
    stopRinging()
    void this.device?.audio?.unsetInputDevice().catch(() => undefined)
    this.call = null
    this.device = null
    level.value = 0
    tell({ call: null, poor: [] })
  }
}
