/** Where in the desk one is: the part of the address behind `/desk/`. Links stay links; clicks on them stay here. */
import { signal } from '@preact/signals'

const BASE = '/desk'

const read = (): string => location.pathname.slice(BASE.length).replace(/^\/+|\/+$/g, '')

/** The present place, as in `work/0199…`. */
export const place = signal(read())
export const href = (to: string): string => `${BASE}/${to}`

export function go(to: string, replace = false): void {
  if (to === place.value) return
  history[replace ? 'replaceState' : 'pushState'](null, '', href(to))
  place.value = to
}

addEventListener('popstate', () => {
  place.value = read()
})

document.addEventListener('click', (click) => {
  if (click.defaultPrevented || click.button || click.metaKey || click.ctrlKey || click.shiftKey || click.altKey) return
  const link = (click.target as Element).closest?.('a')
  if (!link || link.target || link.origin !== location.origin || !link.pathname.startsWith(`${BASE}/`)) return
  click.preventDefault()
  go(link.pathname.slice(BASE.length + 1))
})
