/**
 * The desk's pages. Each is a folder under `pages/` whose `page.ts` says what it is; its view is loaded when somebody
 * goes there. A new page is a new folder: nothing else names it.
 */
import { computed } from '@preact/signals'
import type { ComponentType } from 'preact'
import type { Permission } from '../api/schema'
import type { IconName } from '../ui/Icon'
import { place } from './router'
import { may, mayAnywhere, type Role, roles } from './session'

export interface PageProps {
  /** What stands behind the page's own path. */
  rest: string
}

export interface Page {
  /** The first part of its address. */
  path: string
  /** Its place in the navigation; pages of one's own account come last. */
  order: number
  icon: IconName
  title: () => string
  /** Whom it is for; none named: everybody. */
  roles?: readonly Role[]
  /** How much there is new. */
  count?: () => number
  /** Any of these opens it, held in some project at least; with `pool`, for the whole pool. */
  may?: readonly Permission[]
  pool?: boolean
  view: () => Promise<{ default: ComponentType<PageProps> }>
}

const found = import.meta.glob<{ page: Page }>('../pages/*/page.ts', { eager: true })
const all: Page[] = Object.values(found)
  .map((one) => one.page)
  .sort((a, b) => a.order - b.order)

const isOpen = (page: Page): boolean =>
  (!page.roles || page.roles.some((role) => roles.value.has(role))) &&
  (!page.may || page.may.some((one) => (page.pool ? may(one) : mayAnywhere(one))))

/** Those that the caller's roles open, in order. */
export const pages = computed(() => all.filter(isOpen))

export const current = computed(() => {
  const first = place.value.split('/')[0] ?? ''
  return pages.value.find((page) => page.path === first) ?? pages.value[0]
})
export const rest = computed(() => place.value.split('/').slice(1).join('/'))
