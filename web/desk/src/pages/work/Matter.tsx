/** One piece of work: what it is about, what was said, what to do next; the customer stands beside it. */
import { useState } from 'preact/hooks'
import { queueTitle } from '../../agent/state'
import type { WorkItem } from '../../api/schema'
import { slowly } from '../../app/now'
import { CallControls } from '../../calls/CallControls'
import { useActions } from '../../keys/actions'
import { Keys } from '../../keys/Keys'
import { Card } from '../../matter/Card'
import { Composer } from '../../matter/Composer'
import { useCard } from '../../matter/customer'
import { Finish, WrapUp } from '../../matter/Finish'
import { HandOver } from '../../matter/HandOver'
import { Timeline } from '../../matter/Timeline'
import { matterWords } from '../../matter/words'
import { Scripts } from '../../scripts/Scripts'
import { channelIcon, Icon } from '../../ui/Icon'
import { channelName, common } from '../../ui/words'
import { fullTime, locale, shortTime } from '../../words/locale'
import { Plan } from '../follow_ups/Plan'
import { followUpWords } from '../follow_ups/words'
import { markRead } from './unread'
import { workWords } from './words'

type Open = '' | 'finish' | 'hand_over' | 'follow_up'

export function Matter({ item }: { item: WorkItem }) {
  const w = matterWords()
  const [open, show] = useState<Open>('')
  const card = useCard(item.project, item.customer_id)
  const connected = item.status === 'connected' || item.status === 'accepted'
  const canHandOver = connected && item.ticket_id !== ''
  useActions(
    () => [
      { id: 'follow_up', run: () => show('follow_up') },
      ...(connected ? [{ id: 'finish', run: () => show('finish') }] : []),
      ...(canHandOver ? [{ id: 'hand_over', run: () => show('hand_over') }] : []),
    ],
    [item.work_id, connected, canHandOver, locale.value],
  )
  return (
    <>
      <section class="matter" aria-label={item.subject || item.customer_name}>
        <header class="matter-head">
          <span class={`channel channel-${item.channel}`}>
            <Icon name={channelIcon(item.channel)} />
          </span>
          <div class="grow">
            <h1>
              <bdi>{item.subject || item.customer_name || common().noName}</bdi>
            </h1>
            <p class="soft">
              {channelName(item.channel)} · {queueTitle(item.project, item.queue)}
              {item.ticket_number && <> · {item.ticket_number}</>}
              {item.deadline && (
                <span title={fullTime(item.deadline)}>
                  {' · '}
                  {w.deadline} {shortTime(item.deadline, slowly.value)}
                </span>
              )}
            </p>
          </div>
          <button type="button" onClick={() => show('follow_up')}>
            <Icon name="clock" /> {followUpWords().plan} <Keys of="follow_up" />
          </button>
          {canHandOver && (
            <button type="button" onClick={() => show('hand_over')}>
              <Icon name="handover" /> {w.handOver} <Keys of="hand_over" />
            </button>
          )}
          {connected && (
            <button type="button" class="primary" onClick={() => show('finish')}>
              <Icon name="check" /> {w.finish} <Keys of="finish" />
            </button>
          )}
        </header>
        {item.status === 'consulted' && (
          <p class="also" role="status">
            {workWords().consultedText}
          </p>
        )}
        {(item.channel === 'voice' || item.channel === 'callback') && connected && <CallControls item={item} />}
        <Timeline
          project={item.project}
          customerId={item.customer_id}
          interactionId={item.interaction_id}
          ticketId={item.ticket_id}
          newest={() => markRead(item)}
        />
        {item.status === 'wrap_up' && <WrapUp key={item.work_id} item={item} />}
        <Composer key={item.work_id} item={item} card={card} />
      </section>
      <Card card={card} current={item.ticket_id} interactionId={item.interaction_id}>
        <Scripts item={item} />
      </Card>
      {open === 'follow_up' && (
        <Plan
          project={item.project}
          customerId={item.customer_id}
          ticketId={item.ticket_id}
          channel={item.channel}
          close={() => show('')}
        />
      )}
      {open === 'finish' && <Finish item={item} close={() => show('')} />}
      {open === 'hand_over' && (
        <HandOver
          project={item.project}
          ticketId={item.ticket_id}
          work={{ interaction_id: item.interaction_id, leg: item.leg }}
          close={() => show('')}
        />
      )}
    </>
  )
}
