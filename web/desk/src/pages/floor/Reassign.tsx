/** Work taken from its agent, or from where it waits, and given to a queue or an agent. */
import { useState } from 'preact/hooks'
import { desk, projectOf } from '../../agent/state'
import { command } from '../../api/commands'
import { done } from '../../floor/doing'
import { floorWords } from '../../floor/words'
import { Dialog } from '../../ui/Dialog'
import { common } from '../../ui/words'
import { peopleWords } from './words'

/** A piece of work, in somebody's hands or waiting. */
export interface Piece {
  project: string
  interaction_id: string
  leg: string
  queue: string
  agent_id?: string
}

const LEG = '/api/projects/{project}/interactions/{interaction_id}/legs/{leg}/reassign'

export function Reassign({ piece, close, after }: { piece: Piece; close: () => void; after: () => void }) {
  const w = peopleWords()
  const [to, choose] = useState<'queue' | 'to_agent'>('queue')
  const [busy, setBusy] = useState(false)
  const queues = (projectOf(piece.project)?.queues ?? []).map((one) => [one.name, one.title] as const)
  const agents = Object.entries(desk.value?.agents ?? {}).filter(([id]) => id !== piece.agent_id)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const given = { reason: String(form.get('reason')), [to]: String(form.get('whom')) }
    const leg = { project: piece.project, interaction_id: piece.interaction_id, leg: piece.leg }
    setBusy(true)
    if (await done(command(LEG, leg, given), w.given)) {
      close()
      after()
    }
    setBusy(false)
  }
  return (
    <Dialog title={w.takeTitle} close={close}>
      <form class="fields" onSubmit={submit}>
        <fieldset class="choices">
          <legend class="unseen">{w.takeTitle}</legend>
          <label class="check">
            <input type="radio" name="to" checked={to === 'queue'} onChange={() => choose('queue')} /> {w.toQueue}
          </label>
          <label class="check">
            <input type="radio" name="to" checked={to === 'to_agent'} onChange={() => choose('to_agent')} /> {w.toAgent}
          </label>
        </fieldset>
        <label>
          {to === 'queue' ? floorWords().queue : floorWords().agent}
          <select name="whom" required key={to}>
            {(to === 'queue' ? queues : agents).map(([name, title]) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <label>
          {floorWords().reason}
          <input name="reason" required maxLength={200} dir="auto" />
        </label>
        <div class="row end">
          <button type="button" onClick={close}>
            {common().cancel}
          </button>
          <button type="submit" class="primary" disabled={busy}>
            {w.give}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
