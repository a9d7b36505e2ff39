/** Who it is, before the offer is accepted: since when a customer, what is known, what is open. */
import { useEffect, useState } from 'preact/hooks'
import { api, body, minPosition } from '../api/client'
import type { CustomerCard } from '../api/schema'
import { slowly } from '../app/now'
import { shortTime } from '../words/locale'
import { agentWords } from './words'

const MOST = 3

export function CustomerBrief({
  project,
  customerId,
  except,
}: {
  project: string
  customerId: string
  except: string
}) {
  const [card, take] = useState<CustomerCard | null>(null)
  const w = agentWords()
  useEffect(() => {
    if (!customerId) return
    const path = { project, customer_id: customerId }
    body(api.GET('/api/projects/{project}/customers/{customer_id}', { params: { path, query: minPosition() } })).then(
      take,
      () => take(null),
    )
  }, [project, customerId])
  if (!card) return <div class="brief empty" />
  const others = card.open_matters.filter((matter) => matter.matter_id !== except)
  return (
    <div class="brief">
      <p class="soft">
        {card.provisional && others.length === 0
          ? w.newCustomer
          : w.returning(shortTime(card.registered_at, slowly.value))}
        {' · '}
        {others.length ? w.openMatters(others.length) : w.noMatters}
      </p>
      <ul>
        {card.contact_points.slice(0, MOST).map((point) => (
          <li key={point.fingerprint}>
            <bdi>{point.address}</bdi>
          </li>
        ))}
      </ul>
      {card.facts.length > 0 && (
        <dl class="facts">
          {card.facts.slice(0, MOST).map((fact) => (
            <div key={fact.name}>
              <dt>{fact.name}</dt>
              <dd>
                <bdi>{fact.value}</bdi>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  )
}
