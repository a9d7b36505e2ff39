/** Writing to the customer, or a note for colleagues. */
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { nameOf } from '../agent/state'
import { api, body, Problem } from '../api/client'
import { command } from '../api/commands'
import type { Accepted, AnswerChoice, CustomerCard, Shown, WorkItem } from '../api/schema'
import { useActions } from '../keys/actions'
import { Keys } from '../keys/Keys'
import { line } from '../live/live'
import { Icon } from '../ui/Icon'
import { complain, say } from '../ui/toasts'
import { locale } from '../words/locale'
import { Answers } from './Answers'
import { filled, type Typed, typedBehind } from './answers'
import { by, type Carrier, carriersFor, longest, takesFiles, useSegments } from './carriers'
import { type Draft, type Kind, LONGEST, useDraft } from './drafts'
import { AddFiles, Chooser, FilesAdded, filesOf } from './Files'
import { fileWords } from './file_words'
import { useFiles } from './files'
import { useOthers } from './others'
import { Meanwhile, type Message, Others, Saved } from './Standing'
import { Segments, Ways } from './Ways'
import { matterWords } from './words'

interface Props {
  item: WorkItem
  /** Null before it was read. */
  card: CustomerCard | null
}

/** The last thing that was said, by either side, as the log has it. */
async function lastSaid(item: WorkItem): Promise<Message | null> {
  const path = { project: item.project, interaction_id: item.interaction_id }
  const history = await body(api.GET('/api/projects/{project}/interactions/{interaction_id}', { params: { path } }))
  const said = (one: Shown) => /^interaction\.message_(received|sent)\./.test(one.type) && !one.data.automatic
  const last = history.items.filter(said).at(-1)
  if (!last) return null
  const data = last.data as { message_id: string; text?: string; agent_id?: string }
  return { id: data.message_id, text: data.text ?? '', by: data.agent_id ? nameOf(data.agent_id) : '' }
}

export function Composer({ item, card }: Props) {
  const w = matterWords()
  const id = useId()
  // a call is answered by speaking; what was written is answered in writing, with a ticket or without
  const written = item.channel !== 'voice' && item.channel !== 'callback'
  const canReply = item.status === 'connected' && (item.ticket_id !== '' || written)
  const [kind, setKind] = useState<Kind>(canReply ? 'reply' : 'note')
  /** What is on its way: a note may be saved while the reply still goes out. */
  const [busy, setBusy] = useState<readonly Kind[]>([])
  const [typed, setTyped] = useState<Typed | null>(null)
  const [meanwhile, setMeanwhile] = useState<Message | null>(null)
  const field = useRef<HTMLTextAreaElement>(null)
  const known = useRef('')
  const caret = useRef<number | null>(null)
  const reply = useDraft(item.project, item.interaction_id, 'reply')
  const note = useDraft(item.project, item.interaction_id, 'note')
  const draft: Draft = kind === 'reply' ? reply : note
  const text = draft.text.value
  const others = useOthers(item.project, item.ticket_id, kind === 'reply' && text !== '')
  const ways = carriersFor(item, card)
  const [preferred, prefer] = useState<Carrier | null>(null)
  const way = preferred && ways.includes(preferred) ? preferred : (ways[0] ?? 'own')
  const over = text.length - (kind === 'reply' ? longest(way) : LONGEST)
  const files = useFiles(item.project, item.interaction_id, canReply)
  const chooser = useRef<HTMLInputElement>(null)
  const going = kind === 'reply' ? files.added.value : []
  const cannotGo = going.length > 0 && !takesFiles(way)
  // a file alone says enough
  const said = text.trim() !== '' || going.length > 0
  const ready = said && over <= 0 && !busy.includes(kind) && !cannotGo && !(going.length && files.pending())
  const segments = useSegments(text, kind === 'reply' && way === 'sms')

  useEffect(() => {
    // what has been said when the writing begins is what the reply answers
    known.current = ''
    setMeanwhile(null)
    lastSaid(item).then(
      (last) => {
        known.current = last?.id ?? ''
      },
      () => undefined,
    )
  }, [item.interaction_id, text === ''])
  useLayoutEffect(() => {
    if (!canReply && kind === 'reply') setKind('note')
  }, [canReply])

  useLayoutEffect(() => {
    if (caret.current === null) return
    field.current?.focus()
    field.current?.setSelectionRange(caret.current, caret.current)
    caret.current = null
  }, [text])

  const otherWay = ways[(ways.indexOf(way) + 1) % ways.length] ?? way
  const choose = (to: Carrier) => {
    prefer(to)
    focus('reply')
  }
  const focus = (to: Kind) => {
    setKind(to)
    field.current?.focus()
  }
  const attach = () => {
    focus('reply')
    chooser.current?.click()
  }
  const bring = (event: Event, given: DataTransfer | null) => {
    const brought = canReply && kind === 'reply' ? filesOf(given) : []
    if (!brought.length) return
    event.preventDefault()
    if (takesFiles(way)) files.add(brought)
    else say(fileWords().cannotGo, 'bad')
  }
  useActions(
    () => [
      ...(canReply ? [{ id: 'reply', run: () => focus('reply') }] : []),
      ...(canReply && takesFiles(way) ? [{ id: 'attach', run: () => attach() }] : []),
      ...(canReply && ways.length > 1 ? [{ id: 'way', run: () => choose(otherWay) }] : []),
      { id: 'note', run: () => focus('note') },
    ],
    [canReply, ways.join(), way, item.work_id, locale.value],
  )

  const post = (after: string, ids: string[]): Promise<Accepted> => {
    const path = { project: item.project, interaction_id: item.interaction_id }
    return kind === 'note'
      ? command('/api/projects/{project}/interactions/{interaction_id}/notes', path, { text })
      : command(
          '/api/projects/{project}/interactions/{interaction_id}/legs/{leg}/reply',
          { ...path, leg: item.leg },
          { text, after, by: by(way, item.channel), files: ids },
        )
  }
  const send = async (after = known.current) => {
    if (!ready) return
    const ids = going.map((one) => one.id)
    setBusy((others) => [...others, kind])
    setMeanwhile(null)
    // at once, not when it is sent: by then somebody may have gone on to something else
    field.current?.focus()
    if (line.value === 'lost') say(w.queued)
    try {
      await post(after, ids)
      draft.drop(text)
      files.sent(ids)
      if (kind === 'reply') known.current = ''
      say(kind === 'note' ? w.noted : w.sent)
    } catch (fault) {
      if (fault instanceof Problem && fault.code === 'said_meanwhile') setMeanwhile(await lastSaid(item))
      else complain(fault)
    }
    setBusy((others) => others.filter((one) => one !== kind))
  }
  const put = (answer: AnswerChoice) => {
    const at = typed
    if (!at) return
    const names = { language: card?.language ?? '', customer: item.customer_name, ticket: item.ticket_number }
    const inserted = filled(answer, item.project, names)
    draft.write(text.slice(0, at.from) + inserted + text.slice(at.to))
    setTyped(null)
    caret.current = at.from + inserted.length
  }
  const onInput = (target: HTMLTextAreaElement) => {
    draft.write(target.value)
    setTyped(kind === 'reply' ? typedBehind(target.value, target.selectionStart) : null)
  }

  return (
    <section
      class={`composer ${kind}`}
      aria-label={kind === 'reply' ? w.writeReply : w.writeNote}
      onDragOver={(event) => canReply && event.dataTransfer?.types.includes('Files') && event.preventDefault()}
      onDrop={(event) => bring(event, event.dataTransfer)}
    >
      <Others others={others.value.map((one) => ({ name: one.name, writing: one.writing }))} />
      {meanwhile && (
        <Meanwhile
          said={meanwhile}
          change={() => {
            known.current = meanwhile.id
            setMeanwhile(null)
            field.current?.focus()
          }}
          send={() => void send(meanwhile.id)}
        />
      )}
      <div class="row between">
        <fieldset class="switch">
          <legend class="unseen">{w.writeNote}</legend>
          <button type="button" aria-pressed={kind === 'reply'} disabled={!canReply} onClick={() => focus('reply')}>
            {w.reply} <Keys of="reply" />
          </button>
          <button type="button" aria-pressed={kind === 'note'} onClick={() => focus('note')}>
            {w.note} <Keys of="note" />
          </button>
        </fieldset>
        {kind === 'reply' && <Ways ways={ways} chosen={way} choose={choose} />}
        <span class="soft">{kind === 'reply' ? w.replyHint : canReply ? '' : w.cannotReply}</span>
      </div>
      <div class="composer-field">
        {typed && <Answers typed={typed} project={item.project} put={put} close={() => setTyped(null)} />}
        <textarea
          ref={field}
          rows={5}
          dir="auto"
          aria-label={kind === 'reply' ? w.writeReply : w.writeNote}
          aria-describedby={`${id}-state`}
          aria-invalid={over > 0}
          value={text}
          onPaste={(event) => bring(event, event.clipboardData)}
          onInput={(event) => onInput(event.currentTarget)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
              event.preventDefault()
              void send()
            } else if (event.key === 'Escape' && !typed) event.currentTarget.blur()
          }}
        />
      </div>
      {kind === 'reply' && <FilesAdded files={files} back={() => field.current?.focus()} />}
      <div class="row between">
        <p class={over > 0 || cannotGo ? 'fault' : 'soft'} id={`${id}-state`} role="status">
          {over > 0 ? (
            w.tooLong(over)
          ) : cannotGo ? (
            fileWords().cannotGo
          ) : going.length && files.pending() ? (
            fileWords().stillAdding
          ) : (
            <Saved draft={draft} />
          )}
        </p>
        {canReply && takesFiles(way) && <Chooser files={files} field={chooser} />}
        {kind === 'reply' && canReply && takesFiles(way) && <AddFiles choose={() => chooser.current?.click()} />}
        <Segments told={segments} write={draft.write} />
        <button type="button" class="primary" disabled={!ready} onClick={() => void send()}>
          <Icon name={kind === 'reply' ? 'send' : 'note'} />
          {kind === 'reply' ? w.send : w.saveNote} <Keys keys="mod+Enter" />
        </button>
      </div>
    </section>
  )
}
