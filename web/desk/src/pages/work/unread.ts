/** Which work has something in it that this person has not seen: by the time of what the customer said last. */
import { signal } from '@preact/signals'
import type { WorkItem } from '../../api/schema'
import { recalled, remember } from '../../app/remembered'

const NAME = 'work.read'
const MOST = 500
const read = signal<Record<string, string>>(recalled(NAME, {}))

export function isUnread(item: WorkItem): boolean {
  return (
    item.last_said_by === 'customer' &&
    !!item.last_said_at &&
    (read.value[item.interaction_id] ?? '') < item.last_said_at
  )
}

/** It was on the screen, as it is now. */
export function markRead(item: WorkItem): void {
  if (!isUnread(item) || !item.last_said_at) return
  const all: Record<string, string> = { ...read.peek(), [item.interaction_id]: item.last_said_at }
  const kept = Object.entries(all).slice(-MOST)
  read.value = Object.fromEntries(kept)
  remember(NAME, read.value)
}

addEventListener('storage', () => {
  read.value = recalled(NAME, {})
})
