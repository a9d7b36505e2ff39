/** Planning a further contact about the matter in hand. */
import { useState } from 'preact/hooks'
import { command } from '../../api/commands'
import { agentId } from '../../app/session'
import { Dialog } from '../../ui/Dialog'
import { complain, say } from '../../ui/toasts'
import { common } from '../../ui/words'
import { followUpWords } from './words'

interface Props {
  project: string
  customerId: string
  ticketId: string
  /** How the matter came: a mail is followed up by mail unless somebody says otherwise. */
  channel: string
  close: () => void
}

/** Tomorrow at this time, on the clock of this browser, as the field writes it. */
function tomorrow(): string {
  const at = new Date(Date.now() + 86_400_000)
  at.setMinutes(at.getMinutes() - at.getTimezoneOffset())
  return at.toISOString().slice(0, 16)
}

export function Plan({ project, customerId, ticketId, channel, close }: Props) {
  const w = followUpWords()
  const [busy, setBusy] = useState(false)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const whom = ticketId ? { ticket_id: ticketId } : { customer_id: customerId }
    setBusy(true)
    try {
      await command(
        '/api/projects/{project}/follow-ups',
        { project },
        {
          ...whom,
          ...(form.get('mine') ? { agent_id: agentId.value } : {}),
          channel: form.get('channel') === 'email' ? 'email' : 'callback',
          due_at: new Date(String(form.get('due_at'))).toISOString(),
          minutes: Number(form.get('minutes')) || 15,
          about: String(form.get('about')),
        },
      )
      say(w.planned)
      close()
    } catch (fault) {
      complain(fault)
    }
    setBusy(false)
  }
  return (
    <Dialog title={w.planTitle} close={close}>
      <form class="fields" onSubmit={submit}>
        <label>
          {w.about}
          <textarea name="about" rows={3} required maxLength={2000} dir="auto" autofocus />
        </label>
        <label>
          {w.when}
          <input name="due_at" type="datetime-local" required defaultValue={tomorrow()} />
        </label>
        <label>
          {w.by}
          <select name="channel">
            <option value="callback">{w.callback}</option>
            <option value="email" selected={channel === 'email'}>
              {w.email}
            </option>
          </select>
        </label>
        <label>
          {w.minutes}
          <input name="minutes" type="number" min={1} max={1440} defaultValue="15" />
        </label>
        <label class="check">
          <input type="checkbox" name="mine" defaultChecked /> {w.forMe}
        </label>
        <div class="row end">
          <button type="button" onClick={close}>
            {common().cancel}
          </button>
          <button type="submit" class="primary" disabled={busy}>
            {w.plan}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
