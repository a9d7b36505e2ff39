import { useState } from 'preact/hooks'
import { Problem } from '../api/client'
import { me, signIn, signOut } from '../app/session'
import { Dialog } from '../ui/Dialog'
import { useFocus } from '../ui/focus'
import { explain } from '../ui/toasts'
import { LANGUAGES } from '../words/languages'
import { LOCALES, locale, speak } from '../words/locale'
import { signInWords } from './words'

function Form({ again }: { again: boolean }) {
  const [name, setName] = useState(again ? (me.value?.name ?? '') : '')
  const [password, setPassword] = useState('')
  const [fault, setFault] = useState('')
  const [busy, setBusy] = useState(false)
  const [plain, setPlain] = useState(false)
  const first = useFocus<HTMLInputElement>(!again)
  const w = signInWords()
  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    setFault('')
    try {
      await signIn(name, password)
    } catch (failed) {
      setFault(failed instanceof Problem && failed.status === 401 ? w.wrong : explain(failed))
      setBusy(false)
    }
  }
  return (
    <form class="fields" onSubmit={submit}>
      {again && <p>{w.expired}</p>}
      <label>
        {w.name}
        <input
          name="name"
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          required
          readOnly={again}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
          ref={first}
        />
      </label>
      <label>
        {w.password}
        <input
          name="password"
          {...({ type: plain ? 'text' : 'password' } as { type: 'password' })}
          autocomplete="current-password"
          required
          maxLength={200}
          value={password}
          onInput={(event) => setPassword(event.currentTarget.value)}
          autofocus={again}
        />
      </label>
      <p class="fault" role="alert">
        {fault}
      </p>
      <div class="row between">
        <button type="button" class="quiet" onClick={() => setPlain(!plain)} aria-pressed={plain}>
          {plain ? w.hide : w.show}
        </button>
        <button type="submit" class="primary" disabled={busy}>
          {w.title}
        </button>
      </div>
      {again && (
        <button type="button" class="link" onClick={() => void signOut()}>
          {w.other}
        </button>
      )}
    </form>
  )
}

/** Signing in; `again`: over the desk, as the person who was signed in. */
export function SignIn({ again }: { again: boolean }) {
  const w = signInWords()
  if (again) {
    return (
      <Dialog title={w.again} close={() => undefined} closable={false}>
        <Form again />
      </Dialog>
    )
  }
  return (
    <main class="sign-in">
      <div class="sign-in-card">
        <h1>
          <img src="/static/icon.svg" alt="" width="40" height="40" />
          <span translate={false}>{w.product}</span>
        </h1>
        <p class="soft">{w.welcome}</p>
        <Form again={false} />
      </div>
      <fieldset class="languages">
        <legend class="unseen">{w.language}</legend>
        {LOCALES.map((one) => (
          <button
            key={one}
            type="button"
            class="quiet"
            lang={one}
            aria-pressed={locale.value === one}
            onClick={() => speak(one)}
          >
            {LANGUAGES[one]}
          </button>
        ))}
      </fieldset>
    </main>
  )
}
