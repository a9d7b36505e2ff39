/** What rings: a pop-up on every page, that never takes the focus from what one is writing. */
import { useEffect } from 'preact/hooks'
import type { WorkItem } from '../api/schema'
import { now, secondsUntil } from '../app/now'
import { useActions } from '../keys/actions'
import { Keys } from '../keys/Keys'
import { channelIcon, Icon } from '../ui/Icon'
import { channelName, common } from '../ui/words'
import { clock, locale } from '../words/locale'
import { notify, ring } from './bell'
import { CustomerBrief } from './CustomerBrief'
import { accept, decline } from './doing'
import { offers, queueTitle } from './state'
import { WhyYou } from './WhyYou'
import { agentWords } from './words'

/** More at once would cover what one is doing; the others come up as these are answered. */
const MOST_SHOWN = 3

function Countdown({ item }: { item: WorkItem }) {
  if (!item.until) return null
  const whole = (Date.parse(item.until) - Date.parse(item.offered_at)) / 1000
  const left = Math.max(0, now.value && secondsUntil(item.until))
  return (
    <div class={left <= 5 ? 'countdown late' : 'countdown'}>
      <progress max={whole} value={Math.min(left, whole)} aria-label={agentWords().left(Math.ceil(left))} />
      <span class="figures">{clock(Math.ceil(left))}</span>
    </div>
  )
}

function Offer({ item, first }: { item: WorkItem; first: boolean }) {
  const w = agentWords()
  const who = item.customer_name || common().noName
  useEffect(() => {
    ring(item.work_id)
    notify(item.work_id, w.offered(who), [channelName(item.channel), item.subject].filter(Boolean).join(' · '))
  }, [item.work_id])
  return (
    <section class={`offer channel-${item.channel}`} aria-label={w.offered(who)}>
      <header>
        <span class="channel">
          <Icon name={channelIcon(item.channel)} />
        </span>
        <div class="grow">
          <p class="eyebrow">
            {channelName(item.channel)} · {queueTitle(item.project, item.queue)}
          </p>
          <h2>
            <bdi>{who}</bdi>
          </h2>
          {item.subject && (
            <p class="subject">
              <bdi>{item.subject}</bdi>
            </p>
          )}
        </div>
      </header>
      <Countdown item={item} />
      <CustomerBrief project={item.project} customerId={item.customer_id} except={item.ticket_id} />
      <WhyYou item={item} />
      <div class="row end">
        <button type="button" onClick={() => void decline(item)}>
          {w.decline} {first && <Keys of="offer.decline" />}
        </button>
        <button type="button" class="primary" onClick={() => void accept(item)}>
          {w.accept} {first && <Keys of="offer.accept" />}
        </button>
      </div>
    </section>
  )
}

export function Offers() {
  const first = offers.value[0]
  useActions(
    () =>
      first
        ? [
            {
              id: 'offer.accept',
              run: () => void accept(first),
            },
            {
              id: 'offer.decline',
              run: () => void decline(first),
            },
          ]
        : [],
    [locale.value, first?.work_id],
  )
  return (
    <div class="offers" role="alert">
      {offers.value.slice(0, MOST_SHOWN).map((item) => (
        <Offer key={item.work_id} item={item} first={item === first} />
      ))}
    </div>
  )
}
