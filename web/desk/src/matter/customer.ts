/** One customer as the server knows them, kept up to date while somebody looks. */
import { useEffect, useState } from 'preact/hooks'
import { api, body, minPosition } from '../api/client'
import type { CustomerCard } from '../api/schema'
import { listen } from '../live/live'

export const CUSTOMER = '/api/projects/{project}/customers/{customer_id}'

export function useCard(project: string, customerId: string): CustomerCard | null {
  const [card, take] = useState<CustomerCard | null>(null)
  useEffect(() => {
    let over = false
    let soon = 0
    take(null)
    const read = () => {
      const path = { project, customer_id: customerId }
      body(api.GET(CUSTOMER, { params: { path, query: minPosition() } })).then(
        (found) => over || take(found),
        () => undefined,
      )
    }
    if (customerId) read()
    const stop = listen((said) => {
      if (said.kind === 'lost' || said.kind === 'refused' || !customerId) return
      if (said.kind === 'event' && !/^(customer|ticket|interaction)\./.test(said.event.type)) return
      clearTimeout(soon)
      soon = setTimeout(read, 60)
    })
    return () => {
      over = true
      clearTimeout(soon)
      stop()
    }
  }, [project, customerId])
  return card
}
