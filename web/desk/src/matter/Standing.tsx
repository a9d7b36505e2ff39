/** How what is being written stands: who else writes here, whether it is kept, what was said meanwhile. */
import { Icon } from '../ui/Icon'
import { list } from '../words/locale'
import type { Draft } from './drafts'
import { matterWords } from './words'

export function Others({ others }: { others: { name: string; writing: boolean }[] }) {
  const w = matterWords()
  const writing = others.filter((one) => one.writing).map((one) => one.name)
  const here = others.filter((one) => !one.writing).map((one) => one.name)
  return (
    <div role="status">
      {writing.length > 0 && (
        <p class="also warm">
          <Icon name="warning" /> {w.alsoWriting(list(writing))}
        </p>
      )}
      {writing.length === 0 && here.length > 0 && (
        <p class="also">
          <Icon name="person" /> {w.alsoHere(list(here))}
        </p>
      )}
    </div>
  )
}

export function Saved({ draft }: { draft: Draft }) {
  const w = matterWords()
  if (draft.saving.value === 'elsewhere') {
    return (
      <span class="row">
        {w.draftElsewhere}
        <button type="button" class="link" onClick={draft.takeTheirs}>
          {w.takeTheirs}
        </button>
        <button type="button" class="link" onClick={draft.keepMine}>
          {w.keepMine}
        </button>
      </span>
    )
  }
  const told = { none: '', saving: w.draftSaving, saved: w.draftSaved, local: w.draftLocal }
  return <>{told[draft.saving.value]}</>
}

export interface Message {
  id: string
  text: string
  by: string
}

export function Meanwhile({ said, change, send }: { said: Message; change: () => void; send: () => void }) {
  const w = matterWords()
  return (
    <div class="meanwhile" role="alertdialog" aria-label={w.somethingNew}>
      <h3>
        <Icon name="warning" /> {w.somethingNew}
      </h3>
      <blockquote dir="auto">
        {said.by && <strong>{said.by} </strong>}
        {said.text.slice(0, 600)}
      </blockquote>
      <p class="soft">{w.somethingNewText}</p>
      <div class="row end">
        <button type="button" onClick={change}>
          {w.goOnWriting}
        </button>
        <button type="button" class="primary" onClick={send}>
          {w.sendAnyway}
        </button>
      </div>
    </div>
  )
}
