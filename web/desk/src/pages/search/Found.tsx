/** A customer or a ticket that was found: the whole history, the card, and what can be done with the ticket. */
import { useEffect, useState } from 'preact/hooks'
import { departmentTitle } from '../../agent/state'
import { api, body, minPosition, Problem } from '../../api/client'
import { command } from '../../api/commands'
import type { Accepted, TicketView } from '../../api/schema'
import { slowly } from '../../app/now'
import { agentId } from '../../app/session'
import { useActions } from '../../keys/actions'
import { listen } from '../../live/live'
import { Card } from '../../matter/Card'
import { useCard } from '../../matter/customer'
import { HandOver } from '../../matter/HandOver'
import { Timeline } from '../../matter/Timeline'
import { matterWords } from '../../matter/words'
import { Icon } from '../../ui/Icon'
import { complain } from '../../ui/toasts'
import { common, ticketStatus } from '../../ui/words'
import { locale, shortTime } from '../../words/locale'
import { searchWords } from './words'

const TICKET = '/api/projects/{project}/tickets/{ticket_id}'

function useTicket(project: string, ticketId: string): TicketView | null | 'missing' {
  const [found, take] = useState<TicketView | null | 'missing'>(null)
  useEffect(() => {
    let over = false
    let soon = 0
    const path = { project, ticket_id: ticketId }
    const read = () =>
      body(api.GET(TICKET, { params: { path, query: minPosition() } })).then(
        (ticket) => over || take(ticket),
        (fault) => over || !(fault instanceof Problem) || fault.status !== 404 || take('missing'),
      )
    void read()
    const stop = listen((said) => {
      if (said.kind === 'lost' || said.kind === 'refused') return
      clearTimeout(soon)
      soon = setTimeout(read, 50)
    })
    return () => {
      over = true
      clearTimeout(soon)
      stop()
    }
  }, [project, ticketId])
  return found
}

function Ticket({ ticket }: { ticket: TicketView }) {
  const w = matterWords()
  const [passing, pass] = useState(false)
  const path = { project: ticket.project, ticket_id: ticket.ticket_id }
  const ask = async (done: Promise<Accepted>) => {
    try {
      await done
    } catch (fault) {
      complain(fault)
    }
  }
  const settled = ticket.status === 'resolved' || ticket.status === 'closed'
  useActions(() => [{ id: 'hand_over', run: () => pass(true) }], [ticket.ticket_id, locale.value])
  return (
    <header class="matter-head">
      <span class="channel">
        <Icon name="ticket" />
      </span>
      <div class="grow">
        <h1>
          <bdi>{ticket.subject || ticket.number}</bdi>
        </h1>
        <p class="soft">
          {ticket.number} · {departmentTitle(ticket.project, ticket.department)} ·{' '}
          <span class={settled ? 'badge good' : 'badge'}>{ticketStatus(ticket.status)}</span> · {w.deadline}{' '}
          {shortTime(ticket.deadline, slowly.value)}
        </p>
      </div>
      {!settled && (
        <>
          <button type="button" onClick={() => pass(true)}>
            <Icon name="handover" /> {w.handOver}
          </button>
          {ticket.status === 'open' && (
            <button type="button" onClick={() => void ask(command(`${TICKET}/await-customer`, path))}>
              {w.awaitTicket}
            </button>
          )}
          {agentId.value && (
            <button type="button" class="primary" onClick={() => void ask(command(`${TICKET}/resolve`, path))}>
              {w.resolveTicket}
            </button>
          )}
        </>
      )}
      {ticket.status === 'resolved' && (
        <button type="button" onClick={() => void ask(command(`${TICKET}/reopen`, path, { reason: w.reopenReason }))}>
          {w.reopenTicket}
        </button>
      )}
      {passing && <HandOver project={ticket.project} ticketId={ticket.ticket_id} close={() => pass(false)} />}
    </header>
  )
}

function FoundTicket({ project, id }: { project: string; id: string }) {
  const ticket = useTicket(project, id)
  const card = useCard(project, ticket === null || ticket === 'missing' ? '' : ticket.customer_id)
  if (ticket === null) return <p class="pad soft">{common().loading}</p>
  if (ticket === 'missing') return <p class="pad">{searchWords().missing}</p>
  return (
    <>
      <section class="matter" aria-label={ticket.subject}>
        <Ticket ticket={ticket} />
        <Timeline project={project} customerId={ticket.customer_id} interactionId="" ticketId={ticket.ticket_id} />
      </section>
      <Card card={card} current={ticket.ticket_id} />
    </>
  )
}

function FoundCustomer({ project, id }: { project: string; id: string }) {
  const card = useCard(project, id)
  return (
    <>
      <section class="matter">
        <h1 class="unseen">{matterWords().card}</h1>
        <Timeline project={project} customerId={id} interactionId="" ticketId="" whole />
      </section>
      <Card card={card} current="" />
    </>
  )
}

export function Found({ rest }: { rest: string }) {
  const [kind, project = '', id = ''] = rest.split('/')
  if (kind === 'ticket') return <FoundTicket key={id} project={project} id={id} />
  return <FoundCustomer key={id} project={project} id={id} />
}
