/** Messages of colleagues as they come: said at the edge of the screen, and counted until they are read. */
import { api, body } from '../api/client'
import type { Message } from '../api/schema'
import { current } from '../app/pages'
import { recalled, remember } from '../app/remembered'
import { unread } from '../leading/unread'
import { listen } from '../live/live'
import { say } from '../ui/toasts'
import { floorWords } from './words'

const READ = 'work.messages'
const SHOWN = 200
let begun = false
let last = ''

const reading = (): boolean => current.value?.path === 'messages' && !document.hidden

/** Everything up to this message has been seen. */
export function readUpTo(messageId: string): void {
  remember(READ, messageId)
  last = messageId > last ? messageId : last
  unread.value = 0
}

function arrived(items: readonly Message[], aloud: boolean): void {
  const others = items.filter((one) => !one.mine)
  last = items.at(-1)?.message_id ?? last
  if (reading()) return
  unread.value += others.length
  if (!aloud) return
  for (const one of others) say(floorWords().messageFrom(one.sender_name, one.text.slice(0, 300)), 'note')
}

/** What came since the last look. Away from the network it is left to the next word of the stream. */
async function look(aloud: boolean): Promise<void> {
  try {
    const told = await body(api.GET('/api/messages', { params: { query: { after: last, limit: SHOWN } } }))
    arrived(told.items, aloud)
  } catch {
    return
  }
}

/** Begin to listen, once. */
export function begin(): void {
  if (begun) return
  begun = true
  last = recalled(READ, '')
  let turn = look(false)
  listen((said) => {
    const news = said.kind === 'event' && said.event.type.startsWith('staff.message_sent')
    if (news || said.kind === 'hello' || said.kind === 'reset') turn = turn.then(() => look(news))
  })
}
