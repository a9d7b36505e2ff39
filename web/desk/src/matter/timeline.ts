/** One customer's timeline across every channel: read page by page, and kept up to date by live events. */
import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { api, body, minPosition, Problem } from '../api/client'
import type { TimelineEntry } from '../api/schema'
import { listen } from '../live/live'

const PAGE = 60

export interface Timeline {
  /** Oldest first; null before anything was read. */
  entries: readonly TimelineEntry[] | null
  earlier: string | null
  fault: unknown
}

const EMPTY: Timeline = { entries: null, earlier: null, fault: null }

function joined(known: readonly TimelineEntry[], more: readonly TimelineEntry[]): TimelineEntry[] {
  const all = new Map([...known, ...more].map((entry) => [entry.position, entry]))
  return [...all.values()].sort((a, b) => a.position - b.position)
}

/** Follow a customer; `touches` says which live events may have changed the timeline. */
export function useTimeline(project: string, customerId: string): { state: Signal<Timeline>; earlier: () => void } {
  const state = useSignal<Timeline>(EMPTY)
  const asked = useRef(0)
  const read = async (cursor: string | null) => {
    asked.current += 1
    const mine = asked.current
    const query = { limit: PAGE, ...(cursor ? { cursor } : {}), ...minPosition() }
    const path = { project, customer_id: customerId }
    try {
      const page = await body(
        api.GET('/api/projects/{project}/customers/{customer_id}/timeline', { params: { path, query } }),
      )
      if (mine !== asked.current) return
      const known = state.value.entries
      const entries = joined(known ?? [], page.items)
      // a page of news leaves the place to go on from where it was
      const earlierFrom = cursor || known === null ? (page.next ?? null) : state.value.earlier
      state.value = { entries, earlier: earlierFrom, fault: null }
    } catch (fault) {
      if (mine !== asked.current) return
      state.value = { ...state.value, fault }
      if (fault instanceof Problem && fault.passing)
        setTimeout(() => mine === asked.current && void read(cursor), 2_000)
    }
  }
  useEffect(() => {
    state.value = EMPTY
    if (!customerId) return
    void read(null)
    let soon = 0
    const stop = listen((said) => {
      const ours = said.kind !== 'event' || said.event.project === project
      if (said.kind === 'lost' || said.kind === 'refused' || !ours) return
      clearTimeout(soon)
      soon = setTimeout(() => void read(null), 40)
    })
    return () => {
      stop()
      clearTimeout(soon)
      asked.current += 1
    }
  }, [project, customerId])
  return { state, earlier: () => state.value.earlier && void read(state.value.earlier) }
}
