/** What is in hand, oldest first: what each waits for, for how long, and what is new in it. */

import { inHand, myself, queueTitle } from '../../agent/state'
import type { WorkItem } from '../../api/schema'
import { now, secondsSince, slowly } from '../../app/now'
import { href } from '../../app/router'
import { channelIcon, Icon } from '../../ui/Icon'
import { channelName, common } from '../../ui/words'
import { clock, fullTime, span } from '../../words/locale'
import { isUnread } from './unread'
import { workWords } from './words'

/** From this share of its time on, a deadline is shown as near. */
const NEAR = 900

function Waiting({ item }: { item: WorkItem }) {
  const w = workWords()
  const at = slowly.value
  if (item.status === 'wrap_up') {
    const left = item.until ? (Date.parse(item.until) - now.value) / 1000 : null
    return <span class="badge">{left === null ? w.wrapUp : w.wrapUpLeft(clock(left))}</span>
  }
  if (item.status === 'consulted') return <span class="badge">{w.consulted}</span>
  if (item.last_said_at) {
    const ago = common().ago(Math.max(0, (at - Date.parse(item.last_said_at)) / 1000))
    return <span class="soft">{item.last_said_by === 'customer' ? w.customerWrote(ago) : w.weWrote(ago)}</span>
  }
  return <span class="soft">{common().ago(Math.max(0, (at - Date.parse(item.since)) / 1000))}</span>
}

function Deadline({ item }: { item: WorkItem }) {
  const w = workWords()
  if (!item.deadline || item.status === 'wrap_up') return null
  const left = (Date.parse(item.deadline) - slowly.value) / 1000
  if (left > NEAR) return null
  return (
    <span class="badge bad" title={fullTime(item.deadline)}>
      {left < 0 ? w.overdue(span(-left)) : w.due(span(left))}
    </span>
  )
}

function Row({ item, chosen }: { item: WorkItem; chosen: boolean }) {
  const w = workWords()
  const unread = isUnread(item)
  const age = slowly.value && secondsSince(item.opened_at ?? item.offered_at)
  return (
    <li>
      <a
        class={`work-row ${unread ? 'unread' : ''}`}
        href={href(`work/${item.work_id}`)}
        aria-current={chosen ? 'true' : undefined}
      >
        <span class={`channel channel-${item.channel}`} title={channelName(item.channel)}>
          <Icon name={channelIcon(item.channel)} />
          <span class="unseen">{channelName(item.channel)}</span>
        </span>
        <span class="work-who">
          <bdi>{item.customer_name || common().noName}</bdi>
          {unread && (
            <span class="unread-dot">
              <span class="unseen">{w.unread}</span>
            </span>
          )}
        </span>
        <span class="soft figures" title={fullTime(item.opened_at ?? item.offered_at)}>
          <span class="unseen">{w.age} </span>
          {span(Math.max(0, age))}
        </span>
        <span class="work-subject">
          <bdi>{item.subject || queueTitle(item.project, item.queue)}</bdi>
        </span>
        <span class="work-state">
          <Waiting item={item} /> <Deadline item={item} />
        </span>
      </a>
    </li>
  )
}

export function List({ chosen }: { chosen: string }) {
  const w = workWords()
  const presence = myself.value?.presence
  return (
    <section class="work-list" aria-label={w.inHand}>
      <h1>
        {w.inHand} <span class="count">{inHand.value.length}</span>
      </h1>
      {myself.value === null && <p class="pad soft">{common().loading}</p>}
      {myself.value !== null && inHand.value.length === 0 && (
        <div class="empty-state">
          <Icon name="check" size={28} />
          <p>{presence === 'ready' ? w.nothingReady : presence === 'signed_out' ? w.nothingOff : w.nothingAway}</p>
        </div>
      )}
      <ul>
        {inHand.value.map((item) => (
          <Row key={item.work_id} item={item} chosen={item.work_id === chosen} />
        ))}
      </ul>
    </section>
  )
}
