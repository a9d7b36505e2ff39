/** The events of the log behind a figure: read page by page from the address that the figure names. */
import { useEffect, useState } from 'preact/hooks'
import { nameOf, queueTitle } from '../agent/state'
import { Problem, problemOf } from '../api/client'
import type { Events as EventsPage, Shown } from '../api/schema'
import { slowly } from '../app/now'
import { Dialog } from '../ui/Dialog'
import { complain } from '../ui/toasts'
import { channelName, common } from '../ui/words'
import { fullTime, shortTime, timeIn } from '../words/locale'
import { eventName, eventWords, reasonName } from './event_words/words'

const text = (event: Shown, name: string): string => {
  const value = event.data[name]
  return typeof value === 'string' ? value : ''
}

/** What stands behind `address` after a position. The address is the server's own word, and this server's alone. */
async function read(address: string, after: number | null): Promise<EventsPage> {
  const url = new URL(address, location.origin)
  if (url.origin !== location.origin) throw new Problem(0, 'elsewhere', address)
  if (after !== null) {
    url.searchParams.delete('since')
    url.searchParams.set('after', String(after))
  }
  url.searchParams.set('limit', '100')
  const answer = await fetch(url, { headers: { Accept: 'application/json' } })
  if (!answer.ok) throw await problemOf(answer)
  return (await answer.json()) as EventsPage
}

function Row({ event, zone }: { event: Shown; zone: string }) {
  const [queue, agent, channel] = [text(event, 'queue'), text(event, 'agent_id'), text(event, 'channel')]
  const about = [channel && channelName(channel), queue && queueTitle(event.project, queue)].filter(Boolean).join(' · ')
  return (
    <tr>
      <td class="figures">
        <time dateTime={event.occurred_at} title={fullTime(event.occurred_at)}>
          {zone ? timeIn(event.occurred_at, zone, true) : shortTime(event.occurred_at, slowly.value)}
        </time>
      </td>
      <td>{eventName(event.type)}</td>
      <td>{about}</td>
      <td>{agent && nameOf(agent)}</td>
      <td>{reasonName(text(event, 'reason'))}</td>
      <td class="figures soft">{event.position}</td>
    </tr>
  )
}

interface Props {
  title: string
  address: string
  /** On whose clock times of today are told; the browser's own without. */
  zone?: string
  close: () => void
}

export function Events({ title, address, zone = '', close }: Props) {
  const w = eventWords()
  const [items, take] = useState<readonly Shown[] | null>(null)
  const [next, go] = useState<number | null>(null)
  const more = async (after: number | null) => {
    try {
      const page = await read(address, after)
      take((known) => [...(known ?? []), ...page.items])
      go(page.next)
    } catch (fault) {
      complain(fault)
      take((known) => known ?? [])
    }
  }
  useEffect(() => void more(null), [address])
  return (
    <Dialog title={w.behind(title)} close={close} wide>
      <p class="soft">{w.hint}</p>
      {items === null && <p class="soft">{common().loading}</p>}
      {items?.length === 0 && <p class="soft">{w.none}</p>}
      {items && items.length > 0 && (
        <section class="table-frame" aria-label={w.behind(title)} tabindex={0}>
          <table class="table">
            <thead>
              <tr>
                <th scope="col">{w.when}</th>
                <th scope="col">{w.what}</th>
                <th scope="col">{w.where}</th>
                <th scope="col">{w.who}</th>
                <th scope="col">{w.why}</th>
                <th scope="col">{w.position}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((event) => (
                <Row key={event.position} event={event} zone={zone} />
              ))}
            </tbody>
          </table>
        </section>
      )}
      {next !== null && (
        <p>
          <button type="button" onClick={() => void more(next)}>
            {common().more}
          </button>
        </p>
      )}
    </Dialog>
  )
}
