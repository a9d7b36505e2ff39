/** What is open with the customer, and which records were found to be the same person. */
import { useState } from 'preact/hooks'
import { departmentTitle, queueTitle } from '../agent/state'
import type { CustomerCard, OpenMatter } from '../api/schema'
import { href } from '../app/router'
import { Icon } from '../ui/Icon'
import { ticketStatus } from '../ui/words'
import { Section } from './CardForms'
import { Merge } from './Merge'
import { Separate } from './Separate'
import { matterWords } from './words'

function where(project: string, matter: OpenMatter): string {
  return matter.kind === 'ticket' ? departmentTitle(project, matter.department) : queueTitle(project, matter.department)
}

export function Matters({ card, current }: { card: CustomerCard; current: string }) {
  const w = matterWords()
  return (
    <Section title={w.open}>
      {card.open_matters.length === 0 && <p class="soft">{w.noOpen}</p>}
      <ul class="matters">
        {card.open_matters.map((matter) => (
          <li key={matter.matter_id}>
            {matter.kind === 'ticket' && matter.matter_id !== current ? (
              <a href={href(`search/ticket/${card.project}/${matter.matter_id}`)}>
                <bdi>{matter.title || matter.number}</bdi>
              </a>
            ) : (
              <bdi>{matter.title || matter.number}</bdi>
            )}
            <p class="soft">
              {matter.number} {where(card.project, matter)} · {ticketStatus(matter.status)}{' '}
              {matter.matter_id === current && <span class="badge">{w.current}</span>}
            </p>
          </li>
        ))}
      </ul>
    </Section>
  )
}

export function Merged({ card }: { card: CustomerCard }) {
  const w = matterWords()
  const [open, show] = useState(false)
  const [apart, separate] = useState('')
  return (
    <section class="card-section">
      {card.merged.length > 0 && (
        <>
          <h3>{w.mergedList}</h3>
          <ul class="plain">
            {card.merged.map((merged) => (
              <li key={merged} class="row between">
                <code class="soft">{merged.slice(-8)}</code>
                <button type="button" class="link" onClick={() => separate(merged)}>
                  {w.unmerge}
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      <button type="button" class="link" onClick={() => show(true)}>
        <Icon name="merge" size={15} /> {w.merge}
      </button>
      {apart && <Separate card={card} mergedId={apart} close={() => separate('')} />}
      {open && <Merge card={card} close={() => show(false)} />}
    </section>
  )
}
