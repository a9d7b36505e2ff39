/** Opening hours as a project's document has them (`domain/centre/hours.py`), for looking at. */

export interface Hours {
  time_zone: string
  weekly: Record<string, readonly string[]>
  days: Record<string, readonly string[]>
  holidays: string | null
}

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

/** Date, weekday and time on the clock of a zone; ISO forms, whatever language the desk speaks. */
export function local(now: number, timeZone: string): { date: string; weekday: string; time: string } {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(now)
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? ''
  return {
    date: `${part('year')}-${part('month')}-${part('day')}`,
    weekday: part('weekday').slice(0, 3).toLowerCase(),
    time: `${part('hour')}:${part('minute')}`,
  }
}

/** Whether it is open, by the spans of today's date. */
export function isOpen(hours: Hours, now: number): boolean {
  const { date, weekday, time } = local(now, hours.time_zone)
  const spans = hours.days[date] ?? hours.weekly[weekday] ?? []
  return spans.some((span) => span.slice(0, 5) <= time && time < span.slice(6))
}

/** Special days from today on, the nearest first. */
export function ahead(hours: Hours, now: number): [day: string, spans: readonly string[]][] {
  const { date } = local(now, hours.time_zone)
  return Object.entries(hours.days)
    .filter(([day]) => day >= date)
    .sort(([a], [b]) => a.localeCompare(b))
}

/** Spans as they are typed, `08:00-12:00, 13:00-16:00`; the server says what is wrong with them. */
export const typedSpans = (typed: string): string[] =>
  typed
    .split(/[,;]/)
    .map((span) => span.replace(/\s*[–-]\s*/, '-').trim())
    .filter(Boolean)
