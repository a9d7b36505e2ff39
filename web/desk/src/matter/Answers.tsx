/** The canned answers that fit what is typed behind `::`. */
import { useLayoutEffect, useState } from 'preact/hooks'
import type { AnswerChoice } from '../api/schema'
import { answersFor, type Typed } from './answers'
import { matterWords } from './words'

interface AnswersProps {
  typed: Typed
  project: string
  put: (answer: AnswerChoice) => void
  close: () => void
}

export function Answers({ typed, project, put, close }: AnswersProps) {
  const w = matterWords()
  const [at, move] = useState(0)
  const found = answersFor(project, typed.query)
  useLayoutEffect(() => move(0), [typed.query])
  useLayoutEffect(() => {
    // the field keeps the focus; its keys choose here while the list is open, and not a moment longer
    const onKey = (event: KeyboardEvent) => {
      const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
      const chosen = found[at]
      if (step && found.length) move((at + step + found.length) % found.length)
      else if ((event.key === 'Enter' || event.key === 'Tab') && chosen) put(chosen)
      else if (event.key === 'Escape') close()
      else return
      event.preventDefault()
      event.stopPropagation()
    }
    addEventListener('keydown', onKey, true)
    return () => removeEventListener('keydown', onKey, true)
  }, [at, typed.query, typed.to])
  return (
    <div class="answers" role="listbox" aria-label={w.answers} tabIndex={-1}>
      {found.map((answer, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
        // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus
        <div key={answer.name} role="option" aria-selected={index === at} class="answer" onClick={() => put(answer)}>
          <strong>{answer.title}</strong>
          <code>::{answer.name}</code>
          <span class="soft">{Object.values(answer.text)[0]?.slice(0, 90)}</span>
        </div>
      ))}
      {found.length === 0 && <p class="soft pad">{w.noAnswers}</p>}
    </div>
  )
}
