/** Being in an agent's call: heard by nobody, by the agent alone, or by both. The provider calls one's own telephone. */
import { api, body } from '../../api/client'
import { command } from '../../api/commands'
import type { AgentView, WorkItem } from '../../api/schema'
import { agentId } from '../../app/session'
import { done } from '../../floor/doing'
import { useFresh } from '../../live/fresh'
import { peopleWords } from './words'

const HEARINGS = ['listens', 'whispers', 'speaks'] as const
type Hearing = (typeof HEARINGS)[number]
const LEG = '/api/projects/{project}/interactions/{interaction_id}/legs/{leg}/supervise'

/** How one is in the call: null while one is not. */
function useStanding(item: WorkItem): [{ standing: string; hearing: string } | null, () => void] {
  const path = { project: item.project, interaction_id: item.interaction_id }
  const [talk, again] = useFresh(
    () => body(api.GET('/api/projects/{project}/interactions/{interaction_id}/conversation', { params: { path } })),
    /^(interaction|call|conversation|leg)\./,
    [item.interaction_id],
  )
  const parties = talk?.legs.find((leg) => leg.leg === item.leg)?.parties ?? []
  return [parties.find((party) => party.party === `supervisor:${agentId.value}`) ?? null, again]
}

export function Listening({ agent, item }: { agent: AgentView; item: WorkItem }) {
  const w = peopleWords()
  const [own, again] = useStanding(item)
  const leg = { project: item.project, interaction_id: item.interaction_id, leg: item.leg }
  const names = { listens: w.listen, whispers: w.whisper, speaks: w.speak }
  const states = { listens: w.listens, whispers: w.whispers, speaks: w.speaks }
  const be = async (hearing: Hearing) => {
    await done(command(LEG, leg, { hearing }), own ? '' : w.called)
    again()
  }
  const leave = async () => {
    await done(command(`${LEG}/end`, leg))
    again()
  }
  if (!agentId.value) return <p class="soft">{w.noTelephone}</p>
  return (
    <fieldset class="row">
      <legend class="unseen">{w.callOf(agent.name)}</legend>
      {HEARINGS.map((hearing) => (
        <button key={hearing} type="button" aria-pressed={own?.hearing === hearing} onClick={() => void be(hearing)}>
          {names[hearing]}
        </button>
      ))}
      {own && (
        <>
          <button type="button" class="quiet" onClick={() => void leave()}>
            {w.leave}
          </button>
          <span class="badge" role="status">
            {own.standing === 'joined' ? states[own.hearing as Hearing] : w.invited}
          </span>
        </>
      )}
    </fieldset>
  )
}
