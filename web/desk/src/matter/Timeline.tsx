import { useEffect, useRef, useState } from 'preact/hooks'
import { nameOf } from '../agent/state'
import type { TimelineEntry } from '../api/schema'
import { slowly } from '../app/now'
import { channelIcon, Icon } from '../ui/Icon'
import { explain } from '../ui/toasts'
import { channelName, common } from '../ui/words'
import { fullTime, shortTime } from '../words/locale'
import { happened, isFault, SAID } from './happenings'
import { Letter } from './Letter'
import { useTimeline } from './timeline'
import { matterWords } from './words'

function Who({ entry }: { entry: TimelineEntry }) {
  const w = matterWords()
  const by = entry.by.replace(/^agent:/, '')
  const theirs = by === 'customer' || (by === 'automatic' && entry.channel !== 'email')
  const name = theirs ? w.customer : by === 'automatic' ? w.automatic : by.startsWith('system') ? w.system : nameOf(by)
  return <bdi>{name}</bdi>
}

function When({ at }: { at: string }) {
  return (
    <time dateTime={at} title={fullTime(at)} class="soft">
      {shortTime(at, slowly.value)}
    </time>
  )
}

function Said({ entry, project }: { entry: TimelineEntry; project: string }) {
  const w = matterWords()
  const side = entry.what === 'message_received' ? 'theirs' : entry.what === 'note' ? 'note' : 'ours'
  return (
    <li class={`said ${side}`}>
      <p class="said-head">
        {side === 'note' ? <Icon name="note" size={15} /> : <Icon name={channelIcon(entry.channel)} size={15} />}
        <span class="unseen">{side === 'note' ? w.notePrivate : channelName(entry.channel)}</span>
        <strong>
          <Who entry={entry} />
        </strong>
        {side === 'note' && <span class="badge warm">{w.notePrivate}</span>}
        <When at={entry.at} />
      </p>
      {entry.title && side !== 'note' && (
        <p class="said-title">
          <bdi>{entry.title}</bdi>
        </p>
      )}
      {entry.erased ? <p class="soft">{w.erased}</p> : <Text entry={entry} project={project} />}
    </li>
  )
}

/**
 * A message of a customer by mail may have been written as HTML: shown on request, in a frame of its own. A reply tells
 * by its detail that files went along.
 */
function Text({ entry, project }: { entry: TimelineEntry; project: string }) {
  const mail =
    entry.what === 'message_received' ? entry.channel === 'email' : entry.what === 'message_sent' && entry.detail
  // a reply may be a file alone
  const text = entry.text ? (
    <div class="said-text" dir="auto">
      {entry.text}
    </div>
  ) : null
  return mail ? <Letter entry={entry} project={project} text={text} /> : text
}

function Line({ entry }: { entry: TimelineEntry }) {
  return (
    <li class={isFault(entry) ? 'line bad' : 'line'}>
      <span>
        {happened(entry)}
        {entry.title && (
          <>
            {' · '}
            <bdi>{entry.title}</bdi>
          </>
        )}
        {entry.text && (
          <>
            {' · '}
            <bdi>{entry.text}</bdi>
          </>
        )}
        {entry.by && !entry.by.startsWith('system') && entry.by !== 'customer' && (
          <>
            {' · '}
            <Who entry={entry} />
          </>
        )}
      </span>
      <When at={entry.at} />
    </li>
  )
}

interface Props {
  project: string
  customerId: string
  /** What the choice of “this matter” shows. */
  interactionId: string
  ticketId: string
  /** Called with the newest entry whenever it changes. */
  newest?: (position: number) => void
  /** There is no one matter to choose: everything is shown. */
  whole?: boolean
}

export function Timeline({ project, customerId, interactionId, ticketId, newest, whole = false }: Props) {
  const w = matterWords()
  const { state, earlier } = useTimeline(project, customerId)
  const [all, showAll] = useState(whole)
  const end = useRef<HTMLLIElement>(null)
  const { entries, fault } = state.value
  const own = (entry: TimelineEntry) =>
    (interactionId !== '' && entry.interaction_id === interactionId) ||
    (ticketId !== '' && entry.ticket_id === ticketId)
  const shown = (entries ?? []).filter((entry) => all || own(entry))
  const last = entries?.at(-1)?.position ?? 0
  useEffect(() => {
    end.current?.scrollIntoView({ block: 'end' })
    if (last) newest?.(last)
  }, [last, all, customerId])
  return (
    <section class="timeline" aria-label={w.timeline}>
      {!whole && (
        <fieldset class="switch">
          <legend class="unseen">{w.timeline}</legend>
          <button type="button" aria-pressed={!all} onClick={() => showAll(false)}>
            {w.thisMatter}
          </button>
          <button type="button" aria-pressed={all} onClick={() => showAll(true)}>
            {w.everything}
          </button>
        </fieldset>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <div class="timeline-scroll" tabIndex={0} role="log" aria-label={w.timeline}>
        {entries === null && !fault && <p class="soft pad">{common().loading}</p>}
        {fault !== null && <p class="fault pad">{explain(fault)}</p>}
        {state.value.earlier && (
          <button type="button" class="quiet" onClick={earlier}>
            {w.earlier}
          </button>
        )}
        <ol>
          {shown.map((entry) =>
            SAID.has(entry.what) ? (
              <Said key={entry.position} entry={entry} project={project} />
            ) : (
              <Line key={entry.position} entry={entry} />
            ),
          )}
          <li ref={end} class="timeline-end" aria-hidden="true" />
        </ol>
        {entries !== null && shown.length === 0 && <p class="soft pad">{w.emptyTimeline}</p>}
      </div>
    </section>
  )
}
