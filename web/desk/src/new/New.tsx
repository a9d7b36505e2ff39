/** Something new that a customer did not begin: a callback, a call, a customer's record. */
import { signal } from '@preact/signals'
import { useState } from 'preact/hooks'
import { desk } from '../agent/state'
import { command } from '../api/commands'
import type { Accepted } from '../api/schema'
import { go } from '../app/router'
import { agentId } from '../app/session'
import { expectCall } from '../softphone/state'
import { Dialog } from '../ui/Dialog'
import { complain, say } from '../ui/toasts'
import { common } from '../ui/words'
import { languageName } from '../words/locale'
import { newWords } from './words'

export const newOpen = signal(false)
type What = 'callback' | 'call' | 'customer'
type ContactKind = 'email' | 'phone' | 'customer_number'
const KINDS: readonly ContactKind[] = ['email', 'phone', 'customer_number']
const SPOKEN = ['en', 'fr', 'pl', 'ru'] as const

function create(what: What, project: string, form: FormData): Promise<Accepted> {
  const text = (name: string) => String(form.get(name) ?? '')
  if (what === 'call') {
    const body = { number: text('number'), customer_id: '' }
    expectCall()
    return command('/api/projects/{project}/calls', { project }, body)
  }
  if (what === 'customer') {
    const contacts: [{ kind: ContactKind; address: string }] = [
      { kind: text('kind') as ContactKind, address: text('address') },
    ]
    const language = text('language') as (typeof SPOKEN)[number]
    return command('/api/projects/{project}/customers', { project }, { name: text('name'), language, contacts })
  }
  const when = text('due_at')
  const due = when ? { due_at: new Date(when).toISOString() } : {}
  const asked = { number: text('number'), name: text('name'), about: text('about'), notify: '', zone: '', ...due }
  return command('/api/projects/{project}/callbacks', { project }, asked)
}

function Fields({ what }: { what: What }) {
  const w = newWords()
  if (what === 'customer') {
    return (
      <>
        <label>
          {w.name}
          <input name="name" required maxLength={200} dir="auto" />
        </label>
        <label>
          {w.language}
          <select name="language">
            {SPOKEN.map((one) => (
              <option key={one} value={one}>
                {languageName(one)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {w.kind}
          <select name="kind">
            {KINDS.map((one) => (
              <option key={one} value={one}>
                {w[one]}
              </option>
            ))}
          </select>
        </label>
        <label>
          {w.address}
          <input name="address" required maxLength={254} />
        </label>
      </>
    )
  }
  return (
    <>
      <label>
        {w.number} <span class="hint">{w.numberHint}</span>
        <input name="number" type="tel" required maxLength={40} />
      </label>
      {what === 'callback' && (
        <>
          <label>
            {w.name} <span class="hint">{common().optional}</span>
            <input name="name" maxLength={200} dir="auto" />
          </label>
          <label>
            {w.about} <span class="hint">{common().optional}</span>
            <textarea name="about" rows={3} maxLength={2000} dir="auto" />
          </label>
          <label>
            {w.when} <span class="hint">{w.whenHint}</span>
            <input name="due_at" type="datetime-local" />
          </label>
        </>
      )}
    </>
  )
}

export function New() {
  const w = newWords()
  const projects = desk.value?.projects ?? []
  const [project, choose] = useState(projects[0]?.name ?? '')
  const callbacks = projects.find((one) => one.name === project)?.callbacks ?? false
  const kinds: What[] = [
    ...(callbacks ? ['callback' as const] : []),
    ...(agentId.value ? ['call' as const] : []),
    'customer',
  ]
  const [what, be] = useState<What>(kinds[0] ?? 'customer')
  const [busy, setBusy] = useState(false)
  const close = () => {
    newOpen.value = false
  }
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    setBusy(true)
    try {
      const done = await create(what, project, new FormData(event.currentTarget as HTMLFormElement))
      close()
      say(what === 'call' ? w.calling : w.created)
      const customer = done.result.customer_id
      if (what === 'customer' && customer) go(`search/customer/${project}/${customer}`)
    } catch (fault) {
      complain(fault)
    }
    setBusy(false)
  }
  return (
    <Dialog title={w.title} close={close}>
      <form class="fields" onSubmit={submit}>
        {projects.length > 1 && (
          <label>
            {w.project}
            <select value={project} onChange={(event) => choose(event.currentTarget.value)}>
              {projects.map((one) => (
                <option key={one.name} value={one.name}>
                  {one.title}
                </option>
              ))}
            </select>
          </label>
        )}
        <fieldset class="choices">
          <legend>{w.what}</legend>
          {kinds.map((one, at) => (
            <label key={one} class="check">
              <input type="radio" name="what" checked={what === one} onChange={() => be(one)} autofocus={at === 0} />{' '}
              {w[one]}
            </label>
          ))}
        </fieldset>
        <Fields key={what} what={what} />
        <div class="row end">
          <button type="button" onClick={close}>
            {common().cancel}
          </button>
          <button type="submit" class="primary" disabled={busy}>
            {what === 'call' ? w.begin : w.create}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
