/** Two records of one person: found, looked at side by side, merged; nothing is done before it is asked for. */
import { useEffect, useState } from 'preact/hooks'
import { api, body } from '../api/client'
import { command } from '../api/commands'
import type { CustomerCard, CustomerFound } from '../api/schema'
import { Dialog } from '../ui/Dialog'
import { complain, say } from '../ui/toasts'
import { common } from '../ui/words'
import { list } from '../words/locale'
import { matterWords } from './words'

const CUSTOMER = '/api/projects/{project}/customers/{customer_id}'

export function Facets({ card, title }: { card: CustomerCard; title: string }) {
  const w = matterWords()
  const counts = [
    w.mergeAddresses(card.contact_points.length),
    w.mergeFacts(card.facts.length),
    w.mergeMatters(card.open_matters.length),
  ]
  return (
    <section class="facet">
      <h3>{title}</h3>
      <p>
        <strong>
          <bdi>{card.name || common().noName}</bdi>
        </strong>
      </p>
      <ul class="plain">
        {card.contact_points.map((point) => (
          <li key={point.fingerprint}>
            <bdi>{point.address}</bdi>
          </li>
        ))}
      </ul>
      <p class="soft">{list(counts)}</p>
    </section>
  )
}

/** What the customer will be: the same as the server will show. */
function together(into: CustomerCard, other: CustomerCard): CustomerCard {
  const facts = new Map([...other.facts, ...into.facts].map((fact) => [fact.name, fact]))
  return {
    ...into,
    name: into.name || other.name,
    contact_points: [...into.contact_points, ...other.contact_points],
    facts: [...facts.values()],
    open_matters: [...into.open_matters, ...other.open_matters],
  }
}

export function Merge({ card, close }: { card: CustomerCard; close: () => void }) {
  const w = matterWords()
  const [typed, type] = useState('')
  const [found, take] = useState<readonly CustomerFound[]>([])
  const [other, choose] = useState<CustomerCard | null>(null)
  useEffect(() => {
    if (typed.trim().length < 2) {
      take([])
      return
    }
    const soon = setTimeout(() => {
      const params = { path: { project: card.project }, query: { q: typed, limit: 8 } }
      body(api.GET('/api/projects/{project}/customers', { params })).then(
        (answer) => take(answer.items.filter((one) => one.customer_id !== card.customer_id)),
        complain,
      )
    }, 200)
    return () => clearTimeout(soon)
  }, [typed])
  const look = (one: CustomerFound) => {
    const path = { project: card.project, customer_id: one.customer_id }
    body(api.GET(CUSTOMER, { params: { path } })).then(choose, complain)
  }
  const merge = async () => {
    if (!other) return
    const path = { project: card.project, customer_id: card.customer_id }
    try {
      await command(`${CUSTOMER}/merge`, path, { merged_id: other.customer_id })
      say(w.merged)
      close()
    } catch (fault) {
      complain(fault)
    }
  }
  return (
    <Dialog title={w.mergeTitle} close={close} wide>
      <div class="fields">
        <p class="soft">{w.mergeHint}</p>
        <label>
          {w.mergeFind}
          <input type="search" value={typed} onInput={(event) => type(event.currentTarget.value)} autofocus />
        </label>
        <ul class="found">
          {found.map((one) => (
            <li key={one.customer_id}>
              <button type="button" aria-pressed={other?.customer_id === one.customer_id} onClick={() => look(one)}>
                <bdi>{one.name || common().noName}</bdi>
                <span class="soft">
                  <bdi>{one.contact_points[0]?.address}</bdi>
                </span>
              </button>
            </li>
          ))}
        </ul>
        {other && (
          <>
            <div class="facets">
              <Facets card={card} title={w.current} />
              <Facets card={other} title={w.theOther} />
              <Facets card={together(card, other)} title={w.mergePreview} />
            </div>
            <div class="row end">
              <button type="button" onClick={close}>
                {common().cancel}
              </button>
              <button type="button" class="primary" onClick={() => void merge()}>
                {w.mergeDo}
              </button>
            </div>
          </>
        )}
      </div>
    </Dialog>
  )
}
