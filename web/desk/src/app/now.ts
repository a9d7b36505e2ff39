/** The time, as a signal that moves once a second while the page is seen; corrected by what the server says it is. */
import { computed, signal } from '@preact/signals'

let ahead = 0
export const now = signal(Date.now())
/** Moves once in ten seconds, for what need not be exact. */
export const slowly = computed(() => Math.floor(now.value / 10_000) * 10_000)

function tick(): void {
  now.value = Date.now() + ahead
}

/** Take the server's clock from an answer (RFC 9110 `Date`, whole seconds); small differences are left alone. */
export function readClock(date: string | null): void {
  const told = date ? Date.parse(date) : Number.NaN
  if (Number.isNaN(told)) return
  const difference = told - Date.now()
  if (Math.abs(difference - ahead) > 2_000) ahead = difference
}

setInterval(tick, 1_000)
document.addEventListener('visibilitychange', () => document.hidden || tick())

export const secondsSince = (moment: string): number => (now.value - Date.parse(moment)) / 1000
export const secondsUntil = (moment: string): number => -secondsSince(moment)
