/** The customer: who it is, where they are reached, what is known, what is open. */
import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { departmentTitle, nameOf, queueTitle } from '../agent/state'
import { api, body, minPosition } from '../api/client'
import { command } from '../api/commands'
import type { Accepted, CustomerCard, OpenMatter } from '../api/schema'
import { slowly } from '../app/now'
import { href } from '../app/router'
import { listen } from '../live/live'
import { Icon } from '../ui/Icon'
import { complain, say } from '../ui/toasts'
import { common, ticketStatus } from '../ui/words'
import { fullTime, shortTime } from '../words/locale'
import { Merge } from './Merge'
import { matterWords } from './words'

const CUSTOMER = '/api/projects/{project}/customers/{customer_id}'
export type Kind = 'email' | 'phone' | 'customer_number'
const KINDS: readonly Kind[] = ['email', 'phone', 'customer_number']

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

/** Sends what a form says, says so, and closes the form; what was refused stays in it. */
async function saved(done: Promise<Accepted>, close: () => void): Promise<void> {
  try {
    await done
    say(matterWords().saved)
    close()
  } catch (fault) {
    complain(fault)
  }
}

function Section({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="card-section">
      <h3>{title}</h3>
      {children}
    </section>
  )
}

/** A button that turns into a small form. */
function Adding({ label, children }: { label: string; children: (close: () => void) => ComponentChildren }) {
  const [open, show] = useState(false)
  if (open) return <>{children(() => show(false))}</>
  return (
    <button type="button" class="link" onClick={() => show(true)}>
      <Icon name="plus" size={14} /> {label}
    </button>
  )
}

function FormEnd({ close }: { close: () => void }) {
  return (
    <div class="row end">
      <button type="button" class="quiet" onClick={close}>
        {common().cancel}
      </button>
      <button type="submit" class="primary">
        {common().save}
      </button>
    </div>
  )
}

const submitted = (event: Event): FormData => {
  event.preventDefault()
  return new FormData(event.currentTarget as HTMLFormElement)
}

function Identity({ card }: { card: CustomerCard }) {
  const w = matterWords()
  const path = { project: card.project, customer_id: card.customer_id }
  return (
    <header class="card-head">
      <h2>
        <bdi>{card.name || common().noName}</bdi>
      </h2>
      <p class="soft">
        {card.provisional && <span class="badge warm">{w.unnamed}</span>} {w.registered}{' '}
        <time dateTime={card.registered_at} title={fullTime(card.registered_at)}>
          {shortTime(card.registered_at, slowly.value)}
        </time>
        {' · '}
        {card.language}
      </p>
      {card.provisional && (
        <Adding label={w.identify}>
          {(close) => (
            <form
              class="fields small"
              onSubmit={(event) => {
                const name = String(submitted(event).get('name'))
                void saved(command(`${CUSTOMER}/identify`, path, { name }), close)
              }}
            >
              <label>
                {w.name}
                <input name="name" required maxLength={200} defaultValue={card.name} dir="auto" />
              </label>
              <FormEnd close={close} />
            </form>
          )}
        </Adding>
      )}
    </header>
  )
}

function Contacts({ card }: { card: CustomerCard }) {
  const w = matterWords()
  const path = { project: card.project, customer_id: card.customer_id }
  const name = (kind: string) =>
    ({ email: w.kind_email, phone: w.kind_phone, customer_number: w.kind_customer_number })[kind] ?? kind
  return (
    <Section title={w.contacts}>
      <ul class="plain">
        {card.contact_points.map((point) => (
          <li key={point.fingerprint}>
            <span class="soft">{name(point.kind)}</span> <bdi>{point.address}</bdi>
          </li>
        ))}
      </ul>
      <Adding label={w.addContact}>
        {(close) => (
          <form
            class="fields small"
            onSubmit={(event) => {
              const form = submitted(event)
              const contact = { kind: form.get('kind') as Kind, address: String(form.get('address')) }
              void saved(command(`${CUSTOMER}/contact-points`, path, contact), close)
            }}
          >
            <label>
              {w.kind}
              <select name="kind">
                {KINDS.map((kind) => (
                  <option key={kind} value={kind}>
                    {name(kind)}
                  </option>
                ))}
              </select>
            </label>
            <label>
              {w.address}
              <input name="address" required maxLength={254} />
            </label>
            <FormEnd close={close} />
          </form>
        )}
      </Adding>
    </Section>
  )
}

function Facts({ card }: { card: CustomerCard }) {
  const w = matterWords()
  const path = { project: card.project, customer_id: card.customer_id }
  return (
    <Section title={w.facts}>
      {card.facts.length === 0 && <p class="soft">{w.noFacts}</p>}
      <dl class="facts">
        {card.facts.map((fact) => (
          <div key={fact.name} title={`${w.factFrom(nameOf(fact.source))} · ${fullTime(fact.recorded_at)}`}>
            <dt>{fact.name.replaceAll('_', ' ')}</dt>
            <dd>
              <bdi>{fact.value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      <Adding label={w.addFact}>
        {(close) => (
          <form
            class="fields small"
            onSubmit={(event) => {
              const form = submitted(event)
              const fact = { name: String(form.get('name')), value: String(form.get('value')), source: '' }
              void saved(command(`${CUSTOMER}/facts`, path, fact), close)
            }}
          >
            <label>
              {w.factName}
              <input name="name" required pattern="[a-z][a-z0-9_]{0,39}" title={w.factHint} autocapitalize="none" />
            </label>
            <label>
              {w.factValue}
              <input name="value" required maxLength={2000} dir="auto" />
            </label>
            <FormEnd close={close} />
          </form>
        )}
      </Adding>
    </Section>
  )
}

function Consents({ card }: { card: CustomerCard }) {
  const w = matterWords()
  const consents = Object.entries(card.consents)
  if (consents.length === 0) return null
  return (
    <Section title={w.consents}>
      <ul class="plain">
        {consents.map(([purpose, given]) => (
          <li key={purpose}>
            {purpose}{' '}
            <span class={given ? 'badge good' : 'badge bad'}>{given ? w.consentGiven : w.consentWithdrawn}</span>
          </li>
        ))}
      </ul>
    </Section>
  )
}

function where(project: string, matter: OpenMatter): string {
  return matter.kind === 'ticket' ? departmentTitle(project, matter.department) : queueTitle(project, matter.department)
}

function Matters({ card, current }: { card: CustomerCard; current: string }) {
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

function Merged({ card }: { card: CustomerCard }) {
  const w = matterWords()
  const [open, show] = useState(false)
  const path = { project: card.project, customer_id: card.customer_id }
  const separate = async (merged_id: string) => {
    try {
      await command(`${CUSTOMER}/unmerge`, path, { merged_id })
      say(w.unmerged)
    } catch (fault) {
      complain(fault)
    }
  }
  return (
    <section class="card-section">
      {card.merged.length > 0 && (
        <>
          <h3>{w.mergedList}</h3>
          <ul class="plain">
            {card.merged.map((merged) => (
              <li key={merged} class="row between">
                <code class="soft">{merged.slice(-8)}</code>
                <button type="button" class="link" onClick={() => void separate(merged)}>
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
      {open && <Merge card={card} close={() => show(false)} />}
    </section>
  )
}

export function Card({ project, customerId, current }: { project: string; customerId: string; current: string }) {
  const w = matterWords()
  const card = useCard(project, customerId)
  return (
    <aside class="card" aria-label={w.card}>
      {card ? (
        <>
          <Identity card={card} />
          <Contacts card={card} />
          <Facts card={card} />
          <Matters card={card} current={current} />
          <Consents card={card} />
          <Merged card={card} />
        </>
      ) : (
        <p class="soft pad">{common().loading}</p>
      )}
    </aside>
  )
}
