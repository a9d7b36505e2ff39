/** A message to a person, or, for those who lead, to a team. */
import { useEffect, useState } from 'preact/hooks'
import { desk, readDesk } from '../../agent/state'
import { api, body } from '../../api/client'
import { agentId, may, me } from '../../app/session'
import { done } from '../../floor/doing'
import { floorWords } from '../../floor/words'
import { messageWords } from './words'

type Choice = [address: string, name: string]
const byName = (a: Choice, b: Choice) => a[1].localeCompare(b[1])

function Group({ title, of, to }: { title: string; of: Choice[]; to: string }) {
  if (of.length === 0) return null
  return (
    <optgroup label={title}>
      {of.map(([address, name]) => (
        <option key={address} value={address} selected={address === to}>
          {name}
        </option>
      ))}
    </optgroup>
  )
}

function Whom({ to }: { to: string }) {
  const w = messageWords()
  const view = desk.value
  const people: Choice[] = [
    ...Object.entries(view?.agents ?? {}).map(([id, name]): Choice => [`agent:${id}`, name]),
    ...Object.entries(view?.accounts ?? {}).map(([id, name]): Choice => [`account:${id}`, name]),
  ].filter(([address]) => address !== `agent:${agentId.value}` && address !== `account:${me.value?.account_id}`)
  const leads = may('supervise')
  return (
    <label>
      {w.to}
      <select name="to" required>
        {leads && (
          <>
            <option value="everyone">{floorWords().everybody}</option>
            <Group
              title={w.sites}
              to={to}
              of={Object.entries(view?.sites ?? {}).map(([name, title]): Choice => [`site:${name}`, title])}
            />
            <Group
              title={w.teams}
              to={to}
              of={(view?.profiles ?? []).map((name): Choice => [`profile:${name}`, floorWords().profile(name)])}
            />
          </>
        )}
        <Group title={w.people} to={to} of={people.sort(byName)} />
      </select>
    </label>
  )
}

/** `to`: who is written to at first. */
export function Compose({ to = '', sent }: { to?: string; sent: () => void }) {
  const w = messageWords()
  const [busy, setBusy] = useState(false)
  // colleagues who came since
  useEffect(() => void readDesk(), [])
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    const given = new FormData(form)
    setBusy(true)
    const message = { to: String(given.get('to')), text: String(given.get('text')) }
    if (await done(body(api.POST('/api/messages', { body: message })), w.sent)) {
      form.querySelector('textarea')?.form?.reset()
      sent()
    }
    setBusy(false)
  }
  return (
    <form class="fields" onSubmit={submit}>
      <Whom to={to} />
      <label>
        {w.text}
        <textarea name="text" rows={3} required maxLength={2000} dir="auto" />
      </label>
      <div class="row between">
        <p class="soft">{w.hint}</p>
        <button type="submit" class="primary" disabled={busy}>
          {w.send}
        </button>
      </div>
    </form>
  )
}
