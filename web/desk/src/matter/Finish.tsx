/** The end of a contact: what becomes of the matter, how it ended; and the wrap-up behind it. */
import { useState } from 'preact/hooks'
import { projectOf, refresh } from '../agent/state'
import { command } from '../api/commands'
import type { WorkItem } from '../api/schema'
import { now } from '../app/now'
import { Dialog } from '../ui/Dialog'
import { complain, say } from '../ui/toasts'
import { common } from '../ui/words'
import { clock } from '../words/locale'
import { matterWords } from './words'

const LEG = '/api/projects/{project}/interactions/{interaction_id}/legs/{leg}'
const BECOMES = ['resolve', 'await_customer', 'leave'] as const

const legOf = (item: WorkItem) => ({ project: item.project, interaction_id: item.interaction_id, leg: item.leg })
const readable = (name: string): string => name.replaceAll('_', ' ')

function Dispositions({ item, none }: { item: WorkItem; none: string }) {
  const w = matterWords()
  const known = projectOf(item.project)?.dispositions ?? []
  return (
    <fieldset class="choices">
      <legend>{w.disposition}</legend>
      {none && (
        <label class="check">
          <input type="radio" name="disposition" value="" defaultChecked /> {none}
        </label>
      )}
      {known.map((name, at) => (
        <label key={name} class="check">
          <input type="radio" name="disposition" value={name} defaultChecked={!none && at === 0} /> {readable(name)}
        </label>
      ))}
    </fieldset>
  )
}

export function Finish({ item, close }: { item: WorkItem; close: () => void }) {
  const w = matterWords()
  const [busy, setBusy] = useState(false)
  const wrapsUp = projectOf(item.project)?.queues.find((queue) => queue.name === item.queue)?.wrap_up !== 'none'
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    setBusy(true)
    try {
      const ticket = (form.get('ticket') ?? 'leave') as (typeof BECOMES)[number]
      await command(`${LEG}/complete`, legOf(item), { ticket, disposition: String(form.get('disposition') ?? '') })
      close()
    } catch (fault) {
      complain(fault)
    }
    setBusy(false)
    void refresh()
  }
  return (
    <Dialog title={w.finishTitle} close={close}>
      <form class="fields" onSubmit={submit}>
        {item.ticket_id && (
          <fieldset class="choices">
            <legend>{w.becomes}</legend>
            {BECOMES.map((name, at) => (
              <label key={name} class="check">
                <input type="radio" name="ticket" value={name} defaultChecked={at === 0} autofocus={at === 0} />{' '}
                {w[name]}
              </label>
            ))}
          </fieldset>
        )}
        <Dispositions item={item} none={wrapsUp ? w.later : w.usual} />
        <div class="row end">
          <button type="button" onClick={close}>
            {common().cancel}
          </button>
          <button type="submit" class="primary" disabled={busy}>
            {w.finish}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

export function WrapUp({ item }: { item: WorkItem }) {
  const w = matterWords()
  const left = item.until ? (Date.parse(item.until) - now.value) / 1000 : null
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const disposition = String(new FormData(event.currentTarget as HTMLFormElement).get('disposition') ?? '')
    try {
      await command(`${LEG}/wrap-up`, legOf(item), { disposition })
      if (item.until) say(w.given)
    } catch (fault) {
      complain(fault)
    }
    void refresh()
  }
  return (
    <form class="wrap-up" onSubmit={submit} aria-label={w.wrapUp}>
      <div class="row between">
        <h3>{w.wrapUp}</h3>
        {left !== null && <span class={left < 10 ? 'badge bad figures' : 'badge figures'}>{clock(left)}</span>}
      </div>
      <p class="soft">{w.wrapUpText}</p>
      <Dispositions item={item} none="" />
      <div class="row end">
        <button type="submit" class="primary">
          {w.done}
        </button>
      </div>
    </form>
  )
}
