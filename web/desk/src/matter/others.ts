/** Who else has the same ticket open, and who is writing in it: a lease that each open desk renews. */
import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { api, body } from '../api/client'
import type { OtherView } from '../api/schema'

/** Well within the lease of the server (`web/routes/drafts.py`). */
const RENEW = 4_000

export function useOthers(project: string, ticketId: string, writing: boolean): Signal<readonly OtherView[]> {
  const others = useSignal<readonly OtherView[]>([])
  const typing = useRef(writing)
  typing.current = writing
  useEffect(() => {
    others.value = []
    if (!ticketId) return
    let over = false
    const path = { project, ticket_id: ticketId }
    const say = async () => {
      if (document.hidden) return
      try {
        const told = await body(
          api.PUT('/api/projects/{project}/tickets/{ticket_id}/presence', {
            params: { path },
            body: { writing: typing.current },
          }),
        )
        if (!over) others.value = told.others
      } catch {
        // whoever is not known to be there is not shown; the next try is seconds away
        if (!over) others.value = []
      }
    }
    void say()
    const timer = setInterval(say, RENEW)
    return () => {
      over = true
      clearInterval(timer)
      void api
        .DELETE('/api/projects/{project}/tickets/{ticket_id}/presence', { params: { path } })
        .catch(() => undefined)
    }
  }, [project, ticketId, writing])
  return others
}
