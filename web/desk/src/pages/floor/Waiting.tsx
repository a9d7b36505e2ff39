/** What waits, by queue, the longest wait first; a page of it at a time, however much there is. */
import { useState } from 'preact/hooks'
import { nameOf, queueTitle } from '../../agent/state'
import { api, body, minPosition } from '../../api/client'
import type { QueueLength, WaitingWork } from '../../api/schema'
import { now, secondsSince, slowly } from '../../app/now'
import { siteTitle } from '../../floor/names'
import { floorWords, length } from '../../floor/words'
import { useFresh } from '../../live/fresh'
import { channelIcon, Icon } from '../../ui/Icon'
import { channelName, common } from '../../ui/words'
import { fullTime, list, number, shortTime } from '../../words/locale'
import { type Piece, Reassign } from './Reassign'
import { peopleWords } from './words'

const CHANGES = /^interaction\.|^follow_up\./
/** A caller is moved by steps and overflow alone: a telephone that waits is not a letter that is passed on. */
const STAYS = new Set(['voice'])

function Line({ work, take }: { work: WaitingWork; take: (piece: Piece) => void }) {
  const w = peopleWords()
  const waits = Date.parse(work.ready_at) <= slowly.value
  const what = `${channelName(work.channel)}, ${shortTime(work.arrived_at, slowly.value)}`
  return (
    <tr>
      <td class={`channel-${work.channel}`}>
        <span class="row">
          <Icon name={channelIcon(work.channel)} size={16} /> {channelName(work.channel)}
        </span>
      </td>
      <td class="figures" title={fullTime(work.ready_at)}>
        {waits ? now.value && length(secondsSince(work.ready_at)) : shortTime(work.ready_at, slowly.value)}
      </td>
      <td class="right">{number(work.priority)}</td>
      <td>{siteTitle(work.site)}</td>
      <td>{work.trail.length > 0 && list(work.trail.map(nameOf))}</td>
      <td class="right">
        {!STAYS.has(work.channel) && (
          <button type="button" aria-label={w.takeOf(what)} onClick={() => take(work)}>
            {w.take}
          </button>
        )}
      </td>
    </tr>
  )
}

function InQueue({ project, queue }: { project: string; queue: string }) {
  const w = peopleWords()
  const [cursor, go] = useState('')
  const [piece, take] = useState<Piece | null>(null)
  const ask = () => {
    const query = { limit: 100, ...minPosition(), ...(cursor ? { cursor } : {}) }
    const path = { project, queue }
    return body(api.GET('/api/projects/{project}/queues/{queue}/waiting', { params: { path, query } }))
  }
  const [page, again] = useFresh(ask, CHANGES, [project, queue, cursor])
  const title = w.waitingIn(queueTitle(project, queue))
  if (!page) return <p class="soft">{common().loading}</p>
  if (page.items.length === 0) return <p class="soft">{w.noWaiting}</p>
  return (
    <>
      <section class="table-frame" aria-label={title} tabindex={0}>
        <table class="table">
          <caption class="unseen">{title}</caption>
          <thead>
            <tr>
              <th scope="col">{floorWords().channel}</th>
              <th scope="col">{floorWords().waiting}</th>
              <th scope="col" class="right">
                {w.priority}
              </th>
              <th scope="col">{floorWords().site}</th>
              <th scope="col">{w.trail}</th>
              <th scope="col">
                <span class="unseen">{w.take}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {page.items.map((work) => (
              <Line key={`${work.interaction_id}-${work.leg}`} work={work} take={take} />
            ))}
          </tbody>
        </table>
      </section>
      {(cursor || page.next) && (
        <div class="row">
          {cursor && (
            <button type="button" onClick={() => go('')}>
              {w.first}
            </button>
          )}
          {page.next && (
            <button type="button" onClick={() => go(page.next ?? '')}>
              {w.next}
            </button>
          )}
        </div>
      )}
      {piece && <Reassign piece={piece} close={() => take(null)} after={again} />}
    </>
  )
}

function Queue({ queue, open, toggle }: { queue: QueueLength; open: boolean; toggle: () => void }) {
  const w = peopleWords()
  return (
    <li class="queue">
      <button type="button" class="queue-head" aria-expanded={open} onClick={toggle}>
        <span class="grow">{queueTitle(queue.project, queue.queue)}</span>
        <span class={queue.waiting ? 'badge' : 'badge plain'}>{w.waits(queue.waiting)}</span>
        {queue.oldest && queue.waiting > 0 && (
          <span class="figures">{now.value && w.oldest(length(secondsSince(queue.oldest)))}</span>
        )}
        {queue.scheduled > 0 && <span class="soft">{w.later(queue.scheduled)}</span>}
        <Icon name="chevron" size={14} />
      </button>
      {open && <InQueue project={queue.project} queue={queue.queue} />}
    </li>
  )
}

export function Waiting({ project }: { project: string }) {
  const w = peopleWords()
  const ask = () => {
    const params = { path: { project }, query: minPosition() }
    return body(api.GET('/api/projects/{project}/queues', { params }))
  }
  const [queues] = useFresh(ask, CHANGES, [project])
  const [opened, open] = useState('')
  return (
    <section class="panel" aria-label={w.queues}>
      <h2>{w.queues}</h2>
      {queues === null && <p class="soft">{common().loading}</p>}
      {queues?.items.length === 0 && <p class="soft">{w.noWaiting}</p>}
      <ul>
        {queues?.items.map((queue) => (
          <Queue
            key={queue.queue}
            queue={queue}
            open={opened === queue.queue}
            toggle={() => open(opened === queue.queue ? '' : queue.queue)}
          />
        ))}
      </ul>
    </section>
  )
}
