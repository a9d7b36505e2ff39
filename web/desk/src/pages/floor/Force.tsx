/** Setting somebody else's state, with the reason that stands on record. */
import { useState } from 'preact/hooks'
import { command } from '../../api/commands'
import { send } from '../../api/outbox'
import type { AgentView } from '../../api/schema'
import { done } from '../../floor/doing'
import { floorWords } from '../../floor/words'
import { Dialog } from '../../ui/Dialog'
import { common } from '../../ui/words'
import { peopleWords } from './words'

export type State = 'ready' | 'not-ready' | 'sign-out'

export function stateWord(state: State): string {
  const w = peopleWords()
  return { ready: w.setReady, 'not-ready': w.setNotReady, 'sign-out': w.signOut }[state]
}

/** What somebody can be set to, from where they are. */
export function possible(agent: AgentView): State[] {
  if (agent.presence === 'signed_out') return []
  const other: State[] = agent.presence === 'ready' ? ['not-ready'] : ['ready', 'not-ready']
  return [...other, 'sign-out']
}

function force(agent: AgentView, state: State, reason: string) {
  const whom = { agent_id: agent.agent_id }
  if (state === 'ready') return command('/api/agents/{agent_id}/force-ready', whom, { reason })
  if (state === 'not-ready') return command('/api/agents/{agent_id}/force-not-ready', whom, { reason })
  // its reason may be left out, which the types of commands do not know
  return send(`/api/agents/${encodeURIComponent(agent.agent_id)}/force-sign-out`, { reason })
}

interface Props {
  agent: AgentView
  state: State
  close: () => void
  after: () => void
}

export function Force({ agent, state, close, after }: Props) {
  const w = peopleWords()
  const [busy, setBusy] = useState(false)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const reason = String(new FormData(event.currentTarget as HTMLFormElement).get('reason'))
    setBusy(true)
    if (await done(force(agent, state, reason), w.done)) {
      close()
      after()
    }
    setBusy(false)
  }
  return (
    <Dialog title={w.setTitle(stateWord(state), agent.name)} close={close}>
      <form class="fields" onSubmit={submit}>
        <label>
          {floorWords().reason}
          <input name="reason" required maxLength={200} dir="auto" autofocus />
        </label>
        <p class="soft">{w.setHint}</p>
        <div class="row end">
          <button type="button" onClick={close}>
            {common().cancel}
          </button>
          <button type="submit" class="primary" disabled={busy}>
            {w.set}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
