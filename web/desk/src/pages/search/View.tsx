/** One search over everything; what was found opens beside it: `search/customer/PROJECT/ID`, `search/ticket/PROJECT/ID`. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { desk } from '../../agent/state'
import { api, body, minPosition } from '../../api/client'
import type { SearchView } from '../../api/schema'
import { slowly } from '../../app/now'
import type { PageProps } from '../../app/pages'
import { recalled, remember } from '../../app/remembered'
import { href } from '../../app/router'
import { useFocus } from '../../ui/focus'
import { Icon } from '../../ui/Icon'
import { complain } from '../../ui/toasts'
import { common, ticketStatus } from '../../ui/words'
import { shortTime } from '../../words/locale'
import { Found } from './Found'
import { searchWords } from './words'

const PAUSE = 180
const TYPED = 'work.search'

function kindName(kind: string): string {
  const w = searchWords()
  return { ticket: w.kind_ticket, note: w.kind_note, message: w.kind_message }[kind] ?? kind
}

function Results({ found, project }: { found: SearchView; project: string }) {
  const w = searchWords()
  const nothing = !found.customers.length && !found.tickets.length && !found.texts.length
  if (nothing) return <p class="pad soft">{w.none}</p>
  return (
    <>
      {found.tickets.length > 0 && <h2>{w.tickets}</h2>}
      <ul>
        {found.tickets.map((ticket) => (
          <li key={ticket.ticket_id}>
            <a class="result" href={href(`search/ticket/${project}/${ticket.ticket_id}`)}>
              <Icon name="ticket" />
              <span>
                <bdi>{ticket.subject || ticket.number}</bdi>
                <span class="soft">
                  {ticket.number} · {ticketStatus(ticket.status)}
                </span>
              </span>
            </a>
          </li>
        ))}
      </ul>
      {found.customers.length > 0 && <h2>{w.customers}</h2>}
      <ul>
        {found.customers.map((customer) => (
          <li key={customer.customer_id}>
            <a class="result" href={href(`search/customer/${project}/${customer.customer_id}`)}>
              <Icon name="person" />
              <span>
                <bdi>{customer.name || common().noName}</bdi>
                <span class="soft">
                  <bdi>{customer.contact_points.map((point) => point.address).join(', ')}</bdi>
                </span>
              </span>
            </a>
          </li>
        ))}
      </ul>
      {found.texts.length > 0 && <h2>{w.texts}</h2>}
      <ul>
        {found.texts.map((text) => (
          <li key={text.position}>
            <a
              class="result"
              href={href(
                text.ticket_id
                  ? `search/ticket/${project}/${text.ticket_id}`
                  : `search/customer/${project}/${text.customer_id}`,
              )}
            >
              <Icon name={text.kind === 'note' ? 'note' : text.kind === 'ticket' ? 'ticket' : 'mail'} />
              <span>
                <span class="soft">
                  {kindName(text.kind)} · <bdi>{text.customer_name || common().noName}</bdi>
                  {text.ticket_number && <> · {text.ticket_number}</>} · {shortTime(text.at, slowly.value)}
                </span>
                <bdi>{text.excerpt}</bdi>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </>
  )
}

export default function View({ rest }: PageProps) {
  const w = searchWords()
  const projects = desk.value?.projects ?? []
  const [kept] = useState(() => recalled(TYPED, { typed: '', project: '' }))
  const [typed, type] = useState(kept.typed)
  const [chosen, choose] = useState(kept.project)
  const [found, take] = useState<SearchView | null>(null)
  const asked = useRef(0)
  const field = useFocus<HTMLInputElement>(!rest)
  const project = projects.some((one) => one.name === chosen) ? chosen : (projects[0]?.name ?? '')
  useEffect(() => {
    document.title = `${w.title} · Trunkline`
  }, [w.title])
  useEffect(() => {
    remember(TYPED, { typed, project })
    asked.current += 1
    const mine = asked.current
    if (!typed.trim() || !project) {
      take(null)
      return
    }
    const soon = setTimeout(() => {
      const query = { q: typed, ...minPosition() }
      body(api.GET('/api/projects/{project}/search', { params: { path: { project }, query } })).then(
        (answer) => mine === asked.current && take(answer),
        complain,
      )
    }, PAUSE)
    return () => clearTimeout(soon)
  }, [typed, project])
  return (
    <div class={rest ? 'work search open' : 'work search'}>
      <section class="work-list" aria-label={w.title}>
        <search>
          <form class="search-form" onSubmit={(event) => event.preventDefault()}>
            <label>
              <span class="unseen">{w.label}</span>
              <input
                type="search"
                value={typed}
                placeholder={w.placeholder}
                maxLength={200}
                onInput={(event) => type(event.currentTarget.value)}
                ref={field}
              />
            </label>
            {projects.length > 1 && (
              <label>
                <span class="unseen">{w.project}</span>
                <select value={project} onChange={(event) => choose(event.currentTarget.value)}>
                  {projects.map((one) => (
                    <option key={one.name} value={one.name}>
                      {one.title}
                    </option>
                  ))}
                </select>
              </label>
            )}
            <p class="soft">{w.hint}</p>
          </form>
        </search>
        <div class="results" aria-live="polite">
          {found && <Results found={found} project={project} />}
        </div>
      </section>
      {rest ? (
        <Found rest={rest} />
      ) : (
        <div class="empty-state grow">
          <Icon name="search" size={32} />
          <p>{w.choose}</p>
        </div>
      )}
    </div>
  )
}
