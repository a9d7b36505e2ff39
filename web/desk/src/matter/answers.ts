/** Canned answers: found by what is typed behind `::`, put in with the names in them filled in. */
import { desk, nameOf, projectOf } from '../agent/state'
import type { AnswerChoice } from '../api/schema'
import { agentId } from '../app/session'

export interface Typed {
  /** Where `::` begins and where the caret stands. */
  from: number
  to: number
  query: string
}

const BEHIND = /(?:^|\s)::([\p{L}\p{N}_-]{0,40})$/u

/** What is being typed behind `::`, if anything. */
export function typedBehind(text: string, caret: number): Typed | null {
  const found = BEHIND.exec(text.slice(Math.max(0, caret - 60), caret))
  if (!found) return null
  const query = found[1] ?? ''
  return { from: caret - query.length - 2, to: caret, query }
}

const folded = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()

export function answersFor(project: string, query: string): AnswerChoice[] {
  const wanted = folded(query)
  const all = desk.value ? (projectOf(project)?.answers ?? []) : []
  return all.filter((one) => folded(`${one.name} ${one.title}`).includes(wanted)).slice(0, 8)
}

/** The text in the customer's language, else the project's, else any. */
export function filled(
  answer: AnswerChoice,
  project: string,
  given: { language: string; customer: string; ticket: string },
): string {
  const own = projectOf(project)?.language ?? 'en'
  const text = answer.text[given.language] ?? answer.text[own] ?? Object.values(answer.text)[0] ?? ''
  const names: Record<string, string> = { customer: given.customer, ticket: given.ticket, agent: nameOf(agentId.value) }
  return text.replace(/\{(customer|agent|ticket)\}/g, (_, name: string) => names[name] ?? '')
}
