/** What was recorded of a customer's calls, and the messages that they left: listened to here, by whoever may. */
import { useEffect, useState } from 'preact/hooks'
import { nameOf } from '../agent/state'
import { api, body, minPosition } from '../api/client'
import type { RecordingItem } from '../api/schema'
import { slowly } from '../app/now'
import { may } from '../app/session'
import { listen } from '../live/live'
import { shortTime, span } from '../words/locale'
import { Section } from './CardForms'
import { recordedWords } from './recorded_words'

const MOST = 10
const MOVES = /^(interaction\.recording|recording\.|call\.message)/

/** Those of one contact for whoever works on it; all of the customer's for those who may hear every one. */
function read(project: string, customerId: string, interactionId: string): Promise<RecordingItem[]> {
  if (interactionId) {
    const path = { project, interaction_id: interactionId }
    const asked = api.GET('/api/projects/{project}/interactions/{interaction_id}/recordings', {
      params: { path, query: minPosition() },
    })
    return body(asked).then((found) => [...found.items].reverse())
  }
  const query = { customer_id: customerId, limit: MOST, ...minPosition() }
  const asked = api.GET('/api/projects/{project}/recordings', { params: { path: { project }, query } })
  return body(asked).then((found) => found.items)
}

function useRecordings(project: string, customerId: string, interactionId: string): readonly RecordingItem[] {
  const [found, take] = useState<readonly RecordingItem[]>([])
  const mine = interactionId !== '' || may('listen', project)
  useEffect(() => {
    let over = false
    let soon = 0
    const again = () => {
      clearTimeout(soon)
      soon = setTimeout(() => {
        read(project, customerId, interactionId).then(
          (items) => over || take(items),
          () => undefined,
        )
      }, 60)
    }
    take([])
    if (mine) again()
    const stop = listen((said) => {
      if (said.kind === 'lost' || said.kind === 'refused' || !mine) return
      if (said.kind === 'event' && !MOVES.test(said.event.type)) return
      again()
    })
    return () => {
      over = true
      clearTimeout(soon)
      stop()
    }
  }, [project, customerId, interactionId, mine])
  return found
}

function Sound({ project, item, label }: { project: string; item: RecordingItem; label: string }) {
  const w = recordedWords()
  const [open, show] = useState(false)
  const kind = item.kind === 'message' ? 'messages' : 'recordings'
  if (!open) {
    return (
      <button type="button" class="link" aria-label={label} onClick={() => show(true)}>
        {w.listenShort}
      </button>
    )
  }
  return (
    <>
      {/* biome-ignore lint/a11y/useMediaCaption: what was said on a telephone was never written down */}
      <audio controls autoplay aria-label={label} src={`/api/projects/${project}/${kind}/${item.recording_id}/sound`} />
      <p class="soft">{w.onRecord}</p>
    </>
  )
}

function One({ project, item }: { project: string; item: RecordingItem }) {
  const w = recordedWords()
  const message = item.kind === 'message'
  const what = message ? w.message(item.recipient) : w.conversation(item.agent_id && nameOf(item.agent_id))
  const when = shortTime(item.began, slowly.value)
  const stands = { running: w.running, paused: w.paused, ended: w.ended, removed: w.removed, given_up: w.given_up }
  const heard = may('listen', project) || (message && may('hear_messages', project))
  return (
    <li>
      <p>
        {what}{' '}
        <span class="soft">
          {when}
          {item.seconds > 0 && <> · {span(item.seconds)}</>}
        </span>
      </p>
      {item.status !== 'stored' ? (
        <p class="soft">{stands[item.status as keyof typeof stands] ?? item.status}</p>
      ) : heard ? (
        <Sound project={project} item={item} label={w.listen(what, when)} />
      ) : (
        <p class="soft">{w.notYours}</p>
      )}
    </li>
  )
}

export function Recordings(where: { project: string; customerId: string; interactionId: string }) {
  const found = useRecordings(where.project, where.customerId, where.interactionId)
  if (found.length === 0) return null
  return (
    <Section title={recordedWords().title}>
      <ul class="plain recordings">
        {found.map((item) => (
          <One key={item.recording_id} project={where.project} item={item} />
        ))}
      </ul>
    </Section>
  )
}
