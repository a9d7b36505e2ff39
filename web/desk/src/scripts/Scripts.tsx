/** What to say and ask now, beside the work: each answer is written down and leads to the next step. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { WorkItem } from '../api/schema'
import { useActions } from '../keys/actions'
import { Keys } from '../keys/Keys'
import { Icon } from '../ui/Icon'
import { locale } from '../words/locale'
import { type Beside, contentOf, type Run, stepOf, useScripts } from './beside'
import { scriptWords } from './words'

/** What was answered so far: the question, and what was picked. */
function Path({ script }: { script: Run }) {
  const w = scriptWords()
  if (script.path.length === 0) return null
  const { steps } = contentOf(script)
  const answered = (step: string, choice: string) => steps[step]?.choices[choice]?.title ?? w.written
  return (
    <details>
      <summary>{w.path}</summary>
      <ol class="script-path">
        {script.path.map(([step = '', choice = ''], at) => (
          <li key={at}>
            <span class="soft">{steps[step]?.say}</span> <strong>{answered(step, choice)}</strong>
          </li>
        ))}
      </ol>
    </details>
  )
}

interface AskedProps {
  script: Run
  busy: boolean
  give: (given: { choice?: string; words?: string }) => void
}

function Asked({ script, busy, give }: AskedProps) {
  const w = scriptWords()
  const step = stepOf(script)
  if (!step) return <p class="soft">{w.ended}</p>
  const choices = Object.entries(step.choices)
  return (
    <>
      <p class="script-say">{step.say}</p>
      {step.hint && (
        <p class="script-hint">
          <strong>{w.hint}</strong> {step.hint}
        </p>
      )}
      {choices.length > 0 ? (
        <div class="script-choices">
          {choices.map(([name, choice]) => (
            <button key={name} type="button" disabled={busy} onClick={() => give({ choice: name })}>
              {choice.title}
            </button>
          ))}
        </div>
      ) : (
        <form
          class="fields small"
          onSubmit={(event) => {
            event.preventDefault()
            give({ words: String(new FormData(event.currentTarget as HTMLFormElement).get('words')) })
          }}
        >
          <label>
            {w.answer}
            <textarea name="words" rows={2} required maxLength={5_000} dir="auto" />
          </label>
          <div class="row end">
            <button type="submit" disabled={busy}>
              {w.next}
            </button>
          </div>
        </form>
      )}
    </>
  )
}

function Running({ script, beside }: { script: Run; beside: Beside }) {
  const w = scriptWords()
  const [busy, setBusy] = useState(false)
  const here = useRef<HTMLDivElement>(null)
  const place = `${script.step}-${script.path.length}`
  /** From where somebody has moved on by an answer, until the next question stands there. */
  const left = useRef('')
  const focus = () => here.current?.querySelector<HTMLElement>('button, textarea')?.focus()
  useActions(() => [{ id: 'script', run: focus }], [locale.value])
  useLayoutEffect(() => {
    // whoever answers by keyboard goes on at the next question, as soon as it can be answered
    if (busy || !left.current || left.current === place) return
    left.current = ''
    focus()
  }, [place, busy])
  const moving = async (done: () => Promise<boolean>) => {
    if (busy) return
    setBusy(true)
    left.current = place
    if (!(await done())) left.current = ''
    setBusy(false)
  }
  return (
    <>
      <div ref={here} class="script-asked" aria-live="polite">
        <Asked
          key={place}
          script={script}
          busy={busy}
          give={(given) => void moving(() => beside.answer(script, given))}
        />
        {script.path.length > 0 && (
          <button type="button" class="link" disabled={busy} onClick={() => void moving(() => beside.back(script))}>
            {w.back}
          </button>
        )}
      </div>
      <Path script={script} />
    </>
  )
}

export function Scripts({ item }: { item: WorkItem }) {
  const w = scriptWords()
  const beside = useScripts(item)
  const [chosen, choose] = useState('')
  const script = beside.scripts.find((one) => one.script === chosen) ?? beside.scripts[0]
  if (!script) return null
  return (
    <section class="card-section script" aria-label={w.title}>
      <h2>
        <Icon name="note" size={15} /> {contentOf(script).title} <Keys of="script" />
      </h2>
      {beside.scripts.length > 1 && (
        <label>
          <span class="unseen">{w.which}</span>
          <select value={script.script} onChange={(event) => choose(event.currentTarget.value)}>
            {beside.scripts.map((one) => (
              <option key={one.script} value={one.script}>
                {contentOf(one).title}
              </option>
            ))}
          </select>
        </label>
      )}
      <Running key={script.script} script={script} beside={beside} />
    </section>
  )
}
