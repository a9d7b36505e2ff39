import { useEffect, useLayoutEffect, useState } from 'preact/hooks'
import { notifying, ring, setNotifying, setSounding, sounding } from '../../agent/bell'
import { agentId } from '../../app/session'
import { THEMES, theme, wear } from '../../app/theme'
import { catalogue, choosing, combination, keysOf, remap, resetKeys, shown } from '../../keys/actions'
import { Keys } from '../../keys/Keys'
import { PhoneSettings } from '../../softphone/PhoneSettings'
import { LANGUAGES } from '../../words/languages'
import { LOCALES, locale, speak } from '../../words/locale'
import { settingsWords } from './words'

function Look() {
  const w = settingsWords()
  return (
    <section class="panel">
      <h2>{w.language}</h2>
      <fieldset class="row">
        <legend class="unseen">{w.language}</legend>
        {LOCALES.map((one) => (
          <label key={one} class="check" lang={one}>
            <input type="radio" name="language" checked={locale.value === one} onChange={() => speak(one)} />
            {LANGUAGES[one]}
          </label>
        ))}
      </fieldset>
      <h2>{w.theme}</h2>
      <fieldset class="row">
        <legend class="unseen">{w.theme}</legend>
        {THEMES.map((one) => (
          <label key={one} class="check">
            <input type="radio" name="theme" checked={theme.value === one} onChange={() => wear(one)} />
            {w[`theme_${one}`]}
          </label>
        ))}
      </fieldset>
    </section>
  )
}

function Bells() {
  const w = settingsWords()
  const [denied, deny] = useState(false)
  return (
    <section class="panel">
      <h2>{w.offers}</h2>
      <div class="fields">
        <label class="check">
          <input
            type="checkbox"
            checked={sounding.value}
            onChange={(event) => setSounding(event.currentTarget.checked)}
          />
          {w.sound}
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={notifying.value}
            onChange={async (event) => deny(!(await setNotifying(event.currentTarget.checked)))}
          />
          {w.notify}
        </label>
        {denied && (
          <p class="fault" role="alert">
            {w.denied}
          </p>
        )}
        <div>
          <button type="button" disabled={!sounding.value} onClick={() => void ring(`try-${Date.now()}`)}>
            {w.try}
          </button>
        </div>
      </div>
    </section>
  )
}

function KeyMap() {
  const w = settingsWords()
  const [chosen, choose] = useState('')
  useLayoutEffect(() => {
    if (!chosen) return
    choosing.value = true
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Tab') return
      event.preventDefault()
      const pressed = combination(event)
      if (!pressed) return
      if (pressed === 'backspace' || pressed === 'delete') remap(chosen, '')
      else if (pressed !== 'escape') remap(chosen, pressed)
      choose('')
    }
    addEventListener('keydown', onKey, true)
    return () => {
      removeEventListener('keydown', onKey, true)
      choosing.value = false
    }
  }, [chosen])
  const listed = catalogue.map((one) => ({ id: one.id, title: one.title(), group: one.group(), keys: keysOf(one.id) }))
  const named = (keys: string) => (keys ? shown(keys).join(' ') : w.noKey)
  return (
    <section class="panel">
      <h2>{w.keys}</h2>
      <p class="soft">{w.keysHint}</p>
      <ul class="key-map">
        {listed.map((action) => (
          <li key={action.id}>
            <span>
              {action.title} <span class="soft">{action.group}</span>
            </span>
            <button
              type="button"
              class="key-button"
              aria-pressed={chosen === action.id}
              onClick={() => choose(action.id)}
              onBlur={() => choose('')}
            >
              <span class="unseen">{w.change(action.title, named(action.keys))}</span>
              <span aria-hidden="true">
                {chosen === action.id ? w.press : action.keys ? <Keys keys={action.keys} /> : w.noKey}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <button type="button" onClick={resetKeys}>
        {w.reset}
      </button>
    </section>
  )
}

export default function View() {
  const w = settingsWords()
  useEffect(() => {
    document.title = `${w.title} · Trunkline`
  }, [w.title])
  return (
    <div class="settings">
      <h1>{w.title}</h1>
      <Look />
      {agentId.value && <Bells />}
      {agentId.value && <PhoneSettings />}
      <KeyMap />
    </div>
  )
}
