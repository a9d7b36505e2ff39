/** What colleagues wrote, the newest first, and writing to them. */
import { useEffect, useState } from 'preact/hooks'
import { api, body } from '../../api/client'
import type { Message } from '../../api/schema'
import { slowly } from '../../app/now'
import { readUpTo } from '../../floor/arriving'
import { whoIs } from '../../floor/names'
import { useTitle } from '../../floor/title'
import { useFresh } from '../../live/fresh'
import { common } from '../../ui/words'
import { fullTime, shortTime } from '../../words/locale'
import '../../styles/floor.css'
import { Compose } from './Compose'
import { messageWords } from './words'

const ask = async (): Promise<readonly Message[]> =>
  (await body(api.GET('/api/messages', { params: { query: { limit: 200 } } }))).items

function One({ message, answer }: { message: Message; answer: (to: string) => void }) {
  const w = messageWords()
  const from = message.mine ? w.me : message.sender_name
  return (
    <li class={message.mine ? 'message mine' : 'message'}>
      <p class="eyebrow">
        <bdi>{w.fromTo(from, whoIs(message.to))}</bdi>
        {' · '}
        <time dateTime={message.sent_at} title={fullTime(message.sent_at)} class="figures">
          {shortTime(message.sent_at, slowly.value)}
        </time>
      </p>
      <p class="message-text" dir="auto">
        {message.text}
      </p>
      {!message.mine && (
        <button
          type="button"
          class="link small"
          aria-label={w.answerTo(message.sender_name)}
          onClick={() => answer(message.sender)}
        >
          {w.answer}
        </button>
      )}
    </li>
  )
}

export default function View() {
  const w = messageWords()
  const title = useTitle('messages')
  const [messages, again] = useFresh(ask, /^staff\.message_sent/, [])
  const [to, write] = useState('')
  const newest = messages?.at(-1)?.message_id
  useEffect(() => {
    if (newest) readUpTo(newest)
  }, [newest])
  return (
    <div class="settings">
      <h1>{title}</h1>
      <section class="panel">
        <h2>{w.write}</h2>
        <Compose key={to} to={to} sent={again} />
      </section>
      <section class="panel" aria-label={title}>
        {messages === null && <p class="soft">{common().loading}</p>}
        {messages?.length === 0 && <p class="soft">{w.none}</p>}
        <ul class="messages" aria-live="polite">
          {messages?.toReversed().map((message) => (
            <One key={message.message_id} message={message} answer={write} />
          ))}
        </ul>
      </section>
    </div>
  )
}
