/** Who the customer is: name, addresses, facts, consents. */
import { nameOf } from '../agent/state'
import { command } from '../api/commands'
import type { CustomerCard } from '../api/schema'
import { slowly } from '../app/now'
import { common } from '../ui/words'
import { fullTime, languageName, shortTime } from '../words/locale'
import { Adding, FormEnd, Section, saved, submitted } from './CardForms'
import { CUSTOMER } from './customer'
import { matterWords } from './words'

type Kind = 'email' | 'phone' | 'customer_number'
const KINDS: readonly Kind[] = ['email', 'phone', 'customer_number']

export function Identity({ card }: { card: CustomerCard }) {
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
        {languageName(card.language)}
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

export function Contacts({ card }: { card: CustomerCard }) {
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

export function Facts({ card }: { card: CustomerCard }) {
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

export function Consents({ card }: { card: CustomerCard }) {
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
