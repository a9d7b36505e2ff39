/** The documents that rule the centre and its projects: looked at, changed, checked, applied; and who changed what. */
import { useState } from 'preact/hooks'
import { recalled, remember } from '../../app/remembered'
import { type Subject, subjects } from '../../floor/documents'
import { useTitle } from '../../floor/title'
import { common } from '../../ui/words'
import '../../styles/floor.css'
import '../../styles/policy.css'
import { AlertRules } from './AlertRules'
import { Editor } from './Editor'
import { useEditing } from './editing'
import { History } from './History'
import { Review } from './Review'
import { policyWords } from './words'

const CHOSEN = 'policy'
const nameOf = (subject: Subject): string => `${subject.kind}/${subject.name}`

function Editing({ subject }: { subject: Subject }) {
  const w = policyWords()
  const editing = useEditing(subject)
  const [at, goTo] = useState<{ line: number } | null>(null)
  const { review, text } = editing
  const marked = new Set((review?.faults ?? []).flatMap((fault) => (fault.line ? [fault.line] : [])))
  const newer = Math.max(review?.revision ?? 0, editing.versions?.[0]?.revision ?? 0)
  return (
    <div class="policy">
      <section class="panel">
        <p class="soft">{w.hint}</p>
        {text === null ? (
          <p class="soft">{common().loading}</p>
        ) : (
          <Editor label={w.text} text={text} write={editing.write} at={at} marked={marked} />
        )}
        {editing.changed && (
          <p class="soft" role="status">
            {w.kept} {w.from(editing.base)}
          </p>
        )}
        {editing.changed && newer > editing.base && (
          <p class="fault" role="alert">
            {w.newer(newer)}
          </p>
        )}
        <div class="row">
          <button
            type="button"
            class={review?.applicable ? '' : 'primary'}
            disabled={editing.busy || text === null}
            onClick={() => void editing.check()}
          >
            {w.check}
          </button>
          <button
            type="button"
            class={review?.applicable ? 'primary' : ''}
            disabled={editing.busy || !review?.applicable || review.changes.length === 0}
            onClick={() => void editing.apply()}
          >
            {w.apply}
          </button>
          {editing.changed && (
            <button type="button" class="quiet" onClick={editing.discard}>
              {w.discard}
            </button>
          )}
        </div>
      </section>
      <div class="policy-side">
        {subject.kind === 'project' && <AlertRules subject={subject} />}
        {review && <Review review={review} goTo={(line) => goTo({ line })} />}
        <History versions={editing.versions} open={(revision) => void editing.open(revision)} />
      </div>
    </div>
  )
}

export default function View() {
  const w = policyWords()
  const title = useTitle('policy')
  const all = subjects()
  const [chosen, choose] = useState(recalled(CHOSEN, ''))
  const subject = (all.find((one) => nameOf(one.subject) === chosen) ?? all[0])?.subject
  return (
    <div class="leading">
      <header class="leading-head">
        <h1>{title}</h1>
        <label>
          <span class="unseen">{w.document}</span>
          <select
            value={subject && nameOf(subject)}
            onChange={(event) => {
              remember(CHOSEN, event.currentTarget.value)
              choose(event.currentTarget.value)
            }}
          >
            {all.map((one) => (
              <option key={nameOf(one.subject)} value={nameOf(one.subject)}>
                {one.subject.kind === 'centre' ? w.centre(one.title) : w.projectOf(one.title)}
              </option>
            ))}
          </select>
        </label>
      </header>
      {subject && <Editing key={nameOf(subject)} subject={subject} />}
    </div>
  )
}
