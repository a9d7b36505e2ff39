/** One's own planned contacts, the earliest first; and the calendar that other programs read. */
import { useEffect, useState } from 'preact/hooks'
import { api, body, minPosition } from '../../api/client'
import { command } from '../../api/commands'
import type { Accepted, FollowUpView } from '../../api/schema'
import { slowly } from '../../app/now'
import { href } from '../../app/router'
import { listen } from '../../live/live'
import { useFocus } from '../../ui/focus'
import { channelIcon, Icon } from '../../ui/Icon'
import { complain, say } from '../../ui/toasts'
import { common } from '../../ui/words'
import { fullTime, shortTime } from '../../words/locale'
import { followUpWords } from './words'

const ONE = '/api/projects/{project}/follow-ups/{follow_up_id}'

function useFollowUps(): { items: readonly FollowUpView[] | null; again: () => void } {
  const [items, take] = useState<readonly FollowUpView[] | null>(null)
  const read = () => {
    body(api.GET('/api/follow-ups', { params: { query: minPosition() } })).then((told) => take(told.items), complain)
  }
  useEffect(() => {
    read()
    return listen((said) => {
      if (said.kind === 'hello' || said.kind === 'reset') read()
      else if (said.kind === 'event' && said.event.type.startsWith('follow_up.')) read()
    })
  }, [])
  return { items, again: read }
}

function Row({ item, again }: { item: FollowUpView; again: () => void }) {
  const w = followUpWords()
  const path = { project: item.project, follow_up_id: item.follow_up_id }
  const late = Date.parse(item.due_at) < slowly.value
  const ask = async (done: Promise<Accepted>) => {
    try {
      await done
    } catch (fault) {
      complain(fault)
    }
    again()
  }
  const where = item.ticket_id
    ? href(`search/ticket/${item.project}/${item.ticket_id}`)
    : href(`search/customer/${item.project}/${item.customer_id}`)
  const names: Record<string, string> = {
    scheduled: w.scheduled,
    started: w.started,
    done: w.completed,
    completed: w.completed,
    lapsed: w.lapsed,
    cancelled: w.status_cancelled,
  }
  return (
    <li class="follow-up">
      <Icon name={channelIcon(item.channel)} />
      <time dateTime={item.due_at} title={fullTime(item.due_at)} class="figures">
        {shortTime(item.due_at, slowly.value)}
      </time>
      <span class="grow">
        <a href={where}>
          <bdi>{item.customer_name || common().noName}</bdi>
        </a>{' '}
        <span class="soft">{item.ticket_number}</span>
        <br />
        <bdi>{item.about}</bdi>
      </span>
      <span class={item.status === 'scheduled' ? (late ? 'badge warm' : 'badge') : 'badge plain'}>
        {names[item.status] ?? item.status}
      </span>
      {item.status === 'scheduled' && (
        <span class="row">
          <button type="button" onClick={() => void ask(command(`${ONE}/done`, path))}>
            <Icon name="check" size={15} /> {w.done}
          </button>
          <button
            type="button"
            class="quiet"
            onClick={() => void ask(command(`${ONE}/cancel`, path, { reason: w.cancelled }))}
          >
            {w.cancel}
          </button>
        </span>
      )}
    </li>
  )
}

function Address({ url }: { url: string }) {
  const field = useFocus<HTMLInputElement>()
  return (
    <input
      ref={field}
      readOnly
      aria-label={followUpWords().calendarAddress}
      value={url}
      onFocus={(event) => event.currentTarget.select()}
    />
  )
}

function Calendar() {
  const w = followUpWords()
  const [url, show] = useState('')
  const open = () => {
    body(api.POST('/api/session/calendar')).then((told) => show(told.url), complain)
  }
  const close = async () => {
    try {
      await api.DELETE('/api/session/calendar')
      show('')
      say(w.calendarClosed)
    } catch (fault) {
      complain(fault)
    }
  }
  return (
    <section class="panel">
      <h2>{w.calendar}</h2>
      <p class="soft">{w.calendarHint}</p>
      {url && <Address url={url} />}
      <div class="row">
        <button type="button" onClick={open}>
          {w.calendarOpen}
        </button>
        <button type="button" class="quiet" onClick={() => void close()}>
          {w.calendarClose}
        </button>
      </div>
    </section>
  )
}

export default function View() {
  const w = followUpWords()
  const { items, again } = useFollowUps()
  useEffect(() => {
    document.title = `${w.title} · Trunkline`
  }, [w.title])
  return (
    <div class="settings">
      <h1>{w.title}</h1>
      <section class="panel" aria-label={w.title}>
        {items === null && <p class="soft">{common().loading}</p>}
        {items?.length === 0 && <p class="soft">{w.none}</p>}
        <ul class="follow-ups">
          {items?.map((item) => (
            <Row key={item.follow_up_id} item={item} again={again} />
          ))}
        </ul>
      </section>
      <Calendar />
    </div>
  )
}
