/**
 * The desk's languages. Every text stands in a `words.ts` in each of them; a component reads it by calling the
 * function that `words` gave, and is drawn anew when the language changes. A text that one language lacks is a type
 * error.
 */
import { computed, signal } from '@preact/signals'
import { recalled, remember } from '../app/remembered'

export const LOCALES = ['en', 'fr'] as const
export type Locale = (typeof LOCALES)[number]

type Text = string | ((...given: never[]) => string)
/** The same names with texts of the same kind: a plain one for a plain one, a function of the same for a function. */
type Same<W> = { [K in keyof W]: W[K] extends (...given: infer A) => string ? (...given: A) => string : string }

function first(): Locale {
  const kept = recalled<string>('locale', '')
  const wanted = [kept, ...navigator.languages.map((tag) => tag.slice(0, 2))]
  return LOCALES.find((one) => wanted.find((tag) => (LOCALES as readonly string[]).includes(tag)) === one) ?? 'en'
}

export const locale = signal<Locale>(first())

export function speak(chosen: Locale): void {
  remember('locale', chosen)
  locale.value = chosen
  document.documentElement.lang = chosen
}
document.documentElement.lang = locale.value

/** What reads these texts in the present language. */
export function words<W extends Record<string, Text>>(en: W, fr: Same<W>): () => W {
  return () => (locale.value === 'fr' ? (fr as unknown as W) : en)
}

/** The text for a number in the present language (CLDR plural rules). */
export function plural(count: number, one: string, other: string): string {
  return new Intl.PluralRules(locale.value).select(count) === 'one' ? one : other
}

/** The language as spoken where this browser is set up: how times and numbers are written differs within one. */
const region = computed(() => navigator.languages.find((tag) => tag.startsWith(`${locale.value}-`)) ?? locale.value)

const clockTime = computed(() => new Intl.DateTimeFormat(region.value, { hour: '2-digit', minute: '2-digit' }))
const dayAndTime = computed(
  () => new Intl.DateTimeFormat(region.value, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }),
)
const inFull = computed(() => new Intl.DateTimeFormat(region.value, { dateStyle: 'full', timeStyle: 'medium' }))
const asNumber = computed(() => new Intl.NumberFormat(region.value))
const asList = computed(() => new Intl.ListFormat(locale.value, { type: 'conjunction' }))

/** The time of today, or day and time of another day. */
export function shortTime(moment: string | Date, now: number): string {
  const at = new Date(moment)
  const today = new Date(now).toDateString() === at.toDateString()
  return (today ? clockTime : dayAndTime).value.format(at)
}

const asLanguage = computed(() => new Intl.DisplayNames(locale.value, { type: 'language' }))
/** A language by its name in the present one; its code where that is unknown. */
export const languageName = (code: string): string => (code && asLanguage.value.of(code)) || code

export const fullTime = (moment: string | Date): string => inFull.value.format(new Date(moment))
export const number = (value: number): string => asNumber.value.format(value)
/** A size in its largest whole unit, rounded up. */
export function bytes(size: number): string {
  const [unit, one] = size < 1_048_576 ? (['kilobyte', 1_024] as const) : (['megabyte', 1_048_576] as const)
  const shown = Math.ceil((size / one) * 10) / 10
  return new Intl.NumberFormat(locale.value, { style: 'unit', unit, maximumFractionDigits: 1 }).format(shown)
}
export const list = (parts: string[]): string => asList.value.format(parts)

const asDay = computed(
  () => new Intl.DateTimeFormat(region.value, { timeZone: 'UTC', day: 'numeric', month: 'long', year: 'numeric' }),
)
const asWeekday = computed(() => new Intl.DateTimeFormat(region.value, { timeZone: 'UTC', weekday: 'short' }))
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

/** A date as documents write it, `2026-12-24`, as people do. */
export const dayName = (date: string): string => asDay.value.format(new Date(`${date}T00:00:00Z`))
/** A day of the week as documents write it, `mon`. */
export const weekdayName = (day: string): string => asWeekday.value.format(Date.UTC(2024, 0, 1 + DAYS.indexOf(day)))

/** The time on the clock of a zone, with its seconds where asked. */
export const timeIn = (moment: string, timeZone: string, seconds = false): string =>
  new Intl.DateTimeFormat(region.value, {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds ? { second: '2-digit' } : {}),
  }).format(new Date(moment))

const UNITS: [Intl.NumberFormatOptions['unit'] & string, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
]

/** A length of time in its largest whole unit, as short as the language has it: `4 min`. */
export function span(seconds: number): string {
  const [unit, size] = UNITS.find(([, least]) => Math.abs(seconds) >= least) ?? ['second', 1]
  const shown = Math.trunc(seconds / size)
  return new Intl.NumberFormat(locale.value, { style: 'unit', unit, unitDisplay: 'short' }).format(shown)
}

/** A running clock: `4:07`, `1:04:07`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const tail = `${h ? String(m).padStart(2, '0') : m}:${String(s).padStart(2, '0')}`
  return h ? `${h}:${tail}` : tail
}
