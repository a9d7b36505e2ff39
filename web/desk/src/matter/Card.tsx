/** The customer beside the work; what else stands there comes first. */
import type { ComponentChildren } from 'preact'
import type { CustomerCard } from '../api/schema'
import { common } from '../ui/words'
import { Consents, Contacts, Facts, Identity } from './CardKnown'
import { Matters, Merged } from './CardMatters'
import { Recordings } from './Recordings'
import { matterWords } from './words'

interface Props {
  /** Null before it was read. */
  card: CustomerCard | null
  /** The ticket that one has open. */
  current: string
  /** The contact that one has in hand, empty where one looks the customer up. */
  interactionId?: string
  children?: ComponentChildren
}

export function Card({ card, current, interactionId = '', children }: Props) {
  return (
    <aside class="card" aria-label={matterWords().card}>
      {children}
      {card ? (
        <>
          <Identity card={card} />
          <Contacts card={card} />
          <Facts card={card} />
          <Matters card={card} current={current} />
          <Recordings project={card.project} customerId={card.customer_id} interactionId={interactionId} />
          <Consents card={card} />
          <Merged card={card} />
        </>
      ) : (
        <p class="soft pad">{common().loading}</p>
      )}
    </aside>
  )
}
