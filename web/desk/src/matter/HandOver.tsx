/** Passing a matter on to another department: with the work that is in hand, or the ticket alone. */
import { useState } from 'preact/hooks'
import { departmentTitle, projectOf, refresh } from '../agent/state'
import { command } from '../api/commands'
import type { Accepted } from '../api/schema'
import { Dialog } from '../ui/Dialog'
import { complain, say } from '../ui/toasts'
import { common } from '../ui/words'
import { matterWords } from './words'

interface Props {
  project: string
  ticketId: string
  /** The work in hand that goes along; none for the ticket alone. */
  work?: { interaction_id: string; leg: string }
  close: () => void
}

export function HandOver({ project, ticketId, work, close }: Props) {
  const w = matterWords()
  const [busy, setBusy] = useState(false)
  const departments = projectOf(project)?.departments ?? []
  const pass = (department: string, note: string): Promise<Accepted> =>
    work
      ? command(
          '/api/projects/{project}/interactions/{interaction_id}/legs/{leg}/transfer',
          { project, ...work },
          { department, note },
        )
      : command(
          '/api/projects/{project}/tickets/{ticket_id}/hand-over',
          { project, ticket_id: ticketId },
          { department },
        )
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const department = String(form.get('department'))
    setBusy(true)
    try {
      await pass(department, String(form.get('note') ?? ''))
      say(w.handedOver(departmentTitle(project, department)))
      close()
    } catch (fault) {
      complain(fault)
    }
    setBusy(false)
    void refresh()
  }
  return (
    <Dialog title={w.handOverTitle} close={close}>
      <form class="fields" onSubmit={submit}>
        <label>
          {w.department}
          <select name="department" required autofocus>
            {departments.map((one) => (
              <option key={one.name} value={one.name}>
                {one.title}
              </option>
            ))}
          </select>
        </label>
        {work && (
          <label>
            {w.handOverNote} <span class="hint">{common().optional}</span>
            <textarea name="note" rows={4} maxLength={20000} dir="auto" />
          </label>
        )}
        <div class="row end">
          <button type="button" onClick={close}>
            {common().cancel}
          </button>
          <button type="submit" class="primary" disabled={busy}>
            {w.handOver}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
