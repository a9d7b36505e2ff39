/** The agents of the pool as the board has them, page by page, kept up to date by live events. */
import { api, body, minPosition } from '../../api/client'
import type { AgentView } from '../../api/schema'
import { useFresh } from '../../live/fresh'

/** More pages than these are left out: the search finds who is behind them. */
const MOST_PAGES = 25

async function ask(): Promise<AgentView[]> {
  const found: AgentView[] = []
  let cursor: string | null | undefined
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const query = { limit: 200, ...minPosition(), ...(cursor ? { cursor } : {}) }
    const page = await body(api.GET('/api/agents', { params: { query } }))
    found.push(...page.items)
    cursor = page.next
    if (!cursor) break
  }
  return found.filter((agent) => agent.presence !== 'retired')
}

export const usePeople = (): [AgentView[] | null, () => void] =>
  useFresh(ask, /^(agent\.|interaction\.(offered|offer_|agent_connected|wrap_up|closed|transferred)|centre\.)/, [])

export interface Wanted {
  name: string
  site: string
  state: string
}

const folded = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
const ORDER = ['not_responding', 'ready', 'not_ready', 'signed_out']

/** Those who match, who needs a look first. */
export function matching(people: readonly AgentView[], wanted: Wanted): AgentView[] {
  const name = folded(wanted.name.trim())
  return people
    .filter((one) => !wanted.site || one.site === wanted.site)
    .filter((one) => !wanted.state || one.presence === wanted.state)
    .filter((one) => !name || folded(one.name).includes(name) || one.agent_id.includes(name))
    .sort((a, b) => ORDER.indexOf(a.presence) - ORDER.indexOf(b.presence) || a.name.localeCompare(b.name))
}
