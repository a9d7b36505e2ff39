/** The rules of alerts as a project's document has them (`domain/centre/wallboard.py`), and as a form gives them. */
import { unitOf } from '../../floor/words'

export interface Rule {
  metric: string
  above: number | null
  below: number | null
  clear: number | null
  lasting: number
  over: string
  queue: string | null
  mail: readonly string[]
  webhook: string | null
}

/** As `domain/centre/wallboard.py` has them. */
export const METRICS = [
  'service_level',
  'speed_of_answer',
  'abandon_share',
  'longest_wait',
  'waiting',
  'ready_agents',
  'in_contact',
  'rating',
] as const

/** People type shares as percentages, documents hold them from 0 to 1. */
const factor = (metric: string): number => (unitOf(metric) === 'share' ? 100 : 1)
export const typedFigure = (metric: string, value: number | null): string =>
  value === null ? '' : String(Math.round(value * factor(metric) * 1e6) / 1e6)
const meant = (metric: string, typed: string): number | null =>
  typed.trim() === '' ? null : Math.round((Number(typed) / factor(metric)) * 1e6) / 1e6

/** What a form says; the server says what is wrong with it. */
export function ruleOf(given: FormData): Rule {
  const text = (name: string) => String(given.get(name) ?? '').trim()
  const metric = text('metric')
  const limit = meant(metric, text('limit'))
  return {
    metric,
    above: text('side') === 'above' ? limit : null,
    below: text('side') === 'below' ? limit : null,
    clear: meant(metric, text('clear')),
    lasting: Number(text('lasting') || '0'),
    over: text('over'),
    queue: text('queue') || null,
    mail: text('mail')
      .split(/[,;\s]+/)
      .filter(Boolean),
    webhook: text('webhook') || null,
  }
}

type Document = Record<string, unknown>
const alertsOf = (document: Document): Record<string, Rule> => (document.alerts ?? {}) as Record<string, Rule>

/** The document with a rule put in, or taken out. */
export const withRule =
  (name: string, rule: Rule | null) =>
  (document: Document): Document => {
    const { [name]: _, ...others } = alertsOf(document)
    return { ...document, alerts: rule ? { ...others, [name]: rule } : others }
  }

export { alertsOf }
