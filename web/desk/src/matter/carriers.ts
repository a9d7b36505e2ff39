/** By which way a reply goes, and what a text costs: counted by the server, which also sends it. */
import { useEffect, useState } from 'preact/hooks'
import { projectOf } from '../agent/state'
import { api, body, Problem } from '../api/client'
import type { CustomerCard, TextPreview, WorkItem } from '../api/schema'
import { LONGEST } from './drafts'

/** The ways that can be chosen; `own` is that of the channel by which the customer writes. */
export type Carrier = 'own' | 'email' | 'sms'
/** Characters of the longest text, as `domain/interaction/replying.py` has it. */
const LONGEST_TEXT = 1_600
/** The purpose under which a customer's word about texts is on record (`domain/delivery/request.py`). */
const TEXTS = 'texts'
const PAUSE = 250

/** What a channel's own way is called: mail where it has none that a reply could take. */
const usual = (channel: string): Carrier => (channel === 'sms' ? 'sms' : channel === 'chat' ? 'own' : 'email')

/** The ways by which this customer can be written to, the usual one first. */
export function carriersFor(item: WorkItem, card: CustomerCard | null): Carrier[] {
  const first = usual(item.channel)
  const has = (kind: string) => card?.contact_points.some((point) => point.kind === kind) ?? false
  const reach: Record<Carrier, boolean> = {
    own: first === 'own',
    // what they wrote from is known even where nothing else of them is
    email: item.ticket_id !== '' && (has('email') || item.channel === 'email'),
    sms:
      item.ticket_id !== '' &&
      (item.channel === 'sms' || (has('phone') && (projectOf(item.project)?.texts ?? false))) &&
      card?.consents[TEXTS] !== false,
  }
  const all: Carrier[] = ['own', 'email', 'sms']
  const found = [first, ...all.filter((one) => one !== first)].filter((one) => reach[one])
  return found.length ? found : [first]
}

/** As the command takes it: nothing for the usual way. */
export const by = (carrier: Carrier, channel: string): '' | 'email' | 'sms' =>
  carrier === 'own' || carrier === usual(channel) ? '' : carrier

/** Whether files can go along: mail alone takes any. */
export const takesFiles = (carrier: Carrier): boolean => carrier === 'email'

export const longest = (carrier: Carrier): number => (carrier === 'sms' ? LONGEST_TEXT : LONGEST)

/** What the text costs as it stands; null before it was counted, the reason where it cannot be sent. */
export function useSegments(text: string, counted: boolean): TextPreview | string | null {
  const [told, take] = useState<TextPreview | string | null>(null)
  const wanted = counted && text !== '' && text.length <= LONGEST_TEXT
  useEffect(() => {
    if (!wanted) {
      take(null)
      return
    }
    let over = false
    const soon = setTimeout(() => {
      body(api.POST('/api/sms/segments', { body: { text } })).then(
        (counts) => over || take(counts),
        (fault) => over || take(fault instanceof Problem && fault.status === 422 ? fault.message : null),
      )
    }, PAUSE)
    return () => {
      over = true
      clearTimeout(soon)
    }
  }, [text, wanted])
  return wanted ? told : null
}
