/** Everything that can be done, found by typing: a combobox with a list (WAI-ARIA Authoring Practices). */
import { signal } from '@preact/signals'
import { useId, useLayoutEffect, useState } from 'preact/hooks'
import { Dialog } from '../ui/Dialog'
import { actions, type Offered } from './actions'
import { Keys } from './Keys'
import { keyWords } from './words'

export const paletteOpen = signal(false)
export const helpOpen = signal(false)

const folded = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()

function matching(typed: string): Offered[] {
  const parts = folded(typed).split(/\s+/).filter(Boolean)
  return actions.value
    .filter((action) => action.id !== 'palette')
    .filter((action) => parts.every((part) => folded(`${action.group} ${action.title}`).includes(part)))
}

export function Palette() {
  const [typed, type] = useState('')
  const [at, move] = useState(0)
  const id = useId()
  const w = keyWords()
  const found = matching(typed)
  const chosen = found[Math.min(at, found.length - 1)]
  const close = () => {
    paletteOpen.value = false
  }
  const run = (action: Offered | undefined) => {
    if (!action) return
    close()
    // after the dialog has given the focus back, and before the next key
    queueMicrotask(action.run)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step && found.length) {
      event.preventDefault()
      move((Math.min(at, found.length - 1) + step + found.length) % found.length)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      run(chosen)
    }
  }
  useLayoutEffect(() => {
    document.getElementById(`${id}-${chosen?.id}`)?.scrollIntoView({ block: 'nearest' })
  }, [chosen?.id])
  return (
    <Dialog title={w.palette} close={close}>
      <input
        class="palette-input"
        role="combobox"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={chosen ? `${id}-${chosen.id}` : undefined}
        aria-label={w.find}
        placeholder={w.find}
        autocomplete="off"
        spellcheck={false}
        value={typed}
        onInput={(event) => {
          type(event.currentTarget.value)
          move(0)
        }}
        onKeyDown={onKeyDown}
        autofocus
      />
      <div class="palette" role="listbox" id={`${id}-list`} aria-label={w.palette} tabindex={-1}>
        {found.map((action) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input has the keys, as a combobox has
          // biome-ignore lint/a11y/useFocusableInteractive: the input keeps the focus and names the chosen one
          <div
            key={action.id}
            id={`${id}-${action.id}`}
            role="option"
            tabindex={-1}
            aria-selected={action === chosen}
            class="palette-option"
            onClick={() => run(action)}
          >
            <span class="soft">{action.group}</span>
            <span>{action.title}</span>
            <Keys keys={action.keys} />
          </div>
        ))}
      </div>
      {found.length === 0 && <p class="soft pad">{w.none}</p>}
    </Dialog>
  )
}

export function Help() {
  const w = keyWords()
  const groups = Map.groupBy(
    actions.value.filter((action) => action.keys),
    (action) => action.group,
  )
  return (
    <Dialog
      title={w.help}
      close={() => {
        helpOpen.value = false
      }}
    >
      <p class="soft">{w.helpHint}</p>
      {[...groups].map(([group, ones]) => (
        <section key={group} class="help-group">
          <h3>{group}</h3>
          <dl class="help">
            {ones.map((action) => (
              <div key={action.id}>
                <dt>{action.title}</dt>
                <dd>
                  <Keys keys={action.keys} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  )
}
