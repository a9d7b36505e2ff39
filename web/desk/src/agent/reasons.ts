/** Why somebody takes no work, or none by one channel: the centre's own reasons, else a few usual ones. */
import { desk } from './state'
import { agentWords } from './words'

export interface Reason {
  name: string
  title: string
}

const USUAL = ['break', 'lunch', 'meeting', 'training'] as const
const OF_A_CHANNEL = ['equipment', 'catching_up', 'training'] as const

const own = (): Reason[] => [...(desk.value?.not_ready ?? [])]
const usual = <N extends (typeof USUAL | typeof OF_A_CHANNEL)[number]>(names: readonly N[]): Reason[] =>
  names.map((name) => ({ name, title: agentWords()[name] }))

export function reasons(): Reason[] {
  const centres = own()
  return centres.length ? centres : usual(USUAL)
}

export function channelReasons(): Reason[] {
  const centres = own()
  return [...usual(OF_A_CHANNEL).filter((one) => !centres.some((other) => other.name === one.name)), ...centres]
}

/** What the system says where no person gave a reason (`projections/agent_board.py`, `domain/agent/decide.py`). */
function systems(reason: string): string | undefined {
  const w = agentWords()
  const missed = /^missed (\d+)$/.exec(reason)
  if (missed) return w.missed(Number(missed[1]))
  return { 'signed in': w.justSignedIn, 'connection lost': w.connectionLost }[reason]
}

/** As people read it; what somebody wrote themselves stays as it is. */
export const reasonTitle = (reason: string): string =>
  [...own(), ...usual(USUAL), ...usual(OF_A_CHANNEL)].find((one) => one.name === reason)?.title ??
  systems(reason) ??
  reason
