/** The telephone on every page: what rings and goes on in it, and what keeps it from being one. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { now } from '../app/now'
import { useActions } from '../keys/actions'
import { Keys } from '../keys/Keys'
import { Icon } from '../ui/Icon'
import { clock, locale } from '../words/locale'
import { callInHand, mute } from './muting'
import { ask, level, type PhoneCall, type PhoneState, phone } from './state'
import { phoneWords } from './words'

const KEYPAD = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#']

function Keypad() {
  const w = phoneWords()
  const first = useRef<HTMLButtonElement>(null)
  // with the keypad, not after it was drawn: on a slow computer, or in a tab behind others, the next key comes first
  useLayoutEffect(() => first.current?.focus(), [])
  return (
    <fieldset
      class="keypad"
      onKeyDown={(event) => {
        if (!KEYPAD.includes(event.key)) return
        event.preventDefault()
        ask({ do: 'keys', keys: event.key })
      }}
    >
      <legend class="unseen">{w.keypad}</legend>
      {KEYPAD.map((key, at) => (
        <button
          key={key}
          type="button"
          class="square"
          ref={at === 0 ? first : null}
          aria-label={w.key(key)}
          onClick={() => ask({ do: 'keys', keys: key })}
        >
          {key}
        </button>
      ))}
    </fieldset>
  )
}

function Ringing({ call }: { call: PhoneCall }) {
  const w = phoneWords()
  useActions(
    () => [
      // the keys that an offer has, which has been answered by then
      { id: 'offer.accept', title: w.answer, group: w.group, run: () => ask({ do: 'answer' }) },
      { id: 'offer.decline', title: w.decline, group: w.group, run: () => ask({ do: 'hang_up' }) },
    ],
    [call.id, locale.value],
  )
  return (
    <>
      <strong role="alert">{w.ringing}</strong>
      <bdi class="figures">{call.from}</bdi>
      <div class="row grow end">
        <button type="button" onClick={() => ask({ do: 'hang_up' })}>
          {w.decline} <Keys of="offer.decline" />
        </button>
        <button type="button" class="primary" onClick={() => ask({ do: 'answer' })}>
          {w.answer} <Keys of="offer.accept" />
        </button>
      </div>
    </>
  )
}

/** Apart, since it moves five times a second. */
function Level() {
  return <meter min={0} max={1} value={level.value} aria-label={phoneWords().level} />
}

function Talking({ call, poor }: { call: PhoneCall; poor: PhoneState['poor'] }) {
  const w = phoneWords()
  const [keypad, show] = useState(false)
  const item = callInHand()
  const toggle = () => void mute(!call.muted, item)
  useActions(
    () => [
      { id: 'phone.hang_up', run: () => ask({ do: 'hang_up' }) },
      { id: 'phone.keypad', run: () => show((shown) => !shown) },
      { id: 'call.mute', title: call.muted ? w.unmute : w.mute, run: toggle },
    ],
    [call.id, call.muted, item?.work_id, locale.value],
  )
  return (
    <>
      <strong role="status">{w[call.status]}</strong>
      <span class="figures">{clock(now.value ? (now.value - call.since) / 1000 : 0)}</span>
      {call.muted ? (
        <span class="badge warm" role="status">
          {w.muted}
        </span>
      ) : (
        <Level />
      )}
      {poor.map((what) => (
        <span key={what} class="badge bad" role="status">
          {what === 'connection' ? w.poorConnection : w.poorMicrophone}
        </span>
      ))}
      <div class="row grow end">
        <button type="button" aria-pressed={call.muted} onClick={toggle}>
          <Icon name="mute" /> {w.mute} <Keys of="call.mute" />
        </button>
        <button type="button" aria-expanded={keypad} onClick={() => show(!keypad)}>
          {w.keypad} <Keys of="phone.keypad" />
        </button>
        <button type="button" onClick={() => ask({ do: 'hang_up' })}>
          {w.hangUp} <Keys of="phone.hang_up" />
        </button>
      </div>
      {keypad && <Keypad />}
    </>
  )
}

/** What keeps calls from being answered here, and how it is mended; empty where nothing does. */
function trouble({ standing, why, microphone }: PhoneState): string {
  const w = phoneWords()
  if (standing === 'fault' && why) return w[why]
  if (standing === 'lost') return w.lost
  return microphone === 'granted' ? '' : w[microphone]
}

function Trouble({ state }: { state: PhoneState }) {
  const w = phoneWords()
  const text = trouble(state)
  if (!text) return null
  const asked = state.standing !== 'fault' && state.standing !== 'lost'
  return (
    <section class="phone bad" aria-label={w.phone}>
      <Icon name="warning" />
      <span role="status">{text}</span>
      {asked && (
        <button type="button" onClick={() => ask({ do: 'microphone' })}>
          {state.microphone === 'prompt' ? w.allow : w.again}
        </button>
      )}
    </section>
  )
}

export function Phone() {
  const state = phone.value
  const { call } = state
  if (state.standing === 'off') return null
  if (!call) return <Trouble state={state} />
  return (
    <section class={`phone ${call.status}`} aria-label={phoneWords().phone}>
      <Icon name="voice" />
      {call.status === 'ringing' ? <Ringing call={call} /> : <Talking call={call} poor={state.poor} />}
    </section>
  )
}

/** Beside the presence: whether this browser is the telephone now. */
export function PhoneMark() {
  const w = phoneWords()
  const { standing, microphone } = phone.value
  if (standing === 'off') return null
  const well = standing === 'ready' && microphone === 'granted'
  const text = standing === 'ready' || standing === 'starting' ? w[standing] : w.phone
  return (
    <span class={well ? 'phone-mark' : 'phone-mark off'} title={text}>
      <Icon name="voice" size={16} />
      <span class="unseen">{text}</span>
    </span>
  )
}
