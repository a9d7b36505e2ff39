/** Why the router chose this agent, from the decision that it recorded with the offer. */
import type { WorkItem } from '../api/schema'
import { span } from '../words/locale'
import { ruleName, strategyWords } from './rules'
import { agentWords } from './words'

/** `domain.interaction.waiting_events.Decision`, as far as it is shown. */
interface Decision {
  at?: string
  strategy?: string
  chosen?: { idle_since?: string | null; ring?: number; value?: number | null }
  runners_up?: { agent_id: string }[]
  excluded?: Record<string, number>
}

export function WhyYou({ item }: { item: WorkItem }) {
  const w = agentWords()
  const why = item.why as Decision
  const { chosen } = why
  if (!chosen) return null
  const idle = chosen.idle_since && why.at ? (Date.parse(why.at) - Date.parse(chosen.idle_since)) / 1000 : 0
  const excluded = Object.entries(why.excluded ?? {})
  return (
    <details class="why" open>
      <summary>{w.whyYou}</summary>
      <ul>
        <li>{chosen.ring === 0 ? w.preferred : strategyWords(why.strategy ?? '', idle > 1 ? span(idle) : '')}</li>
        {(why.runners_up?.length ?? 0) > 0 && <li>{w.others(why.runners_up?.length ?? 0)}</li>}
        {excluded.length > 0 && (
          <li>
            {w.excludedTitle}
            {': '}
            {excluded.map(([rule, count]) => w.excluded(ruleName(rule), count)).join(', ')}
          </li>
        )}
      </ul>
    </details>
  )
}
