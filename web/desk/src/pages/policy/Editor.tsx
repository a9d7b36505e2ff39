/** A text with the numbers of its lines; a line can be gone to from elsewhere. */
import { useLayoutEffect, useRef } from 'preact/hooks'

interface Props {
  label: string
  text: string
  write: (text: string) => void
  /** The line to go to, from 1; each new object goes there once. */
  at: { line: number } | null
  /** Lines that something is wrong with. */
  marked: ReadonlySet<number>
}

/** From where to where a line reaches in a text. */
function reach(text: string, line: number): [from: number, to: number] {
  let from = 0
  for (let n = 1; n < line; n += 1) {
    const end = text.indexOf('\n', from)
    if (end < 0) break
    from = end + 1
  }
  const end = text.indexOf('\n', from)
  return [from, end < 0 ? text.length : end]
}

export function Editor({ label, text, write, at, marked }: Props) {
  const field = useRef<HTMLTextAreaElement>(null)
  const gutter = useRef<HTMLDivElement>(null)
  const lines = text.split('\n').length
  useLayoutEffect(() => {
    const element = field.current
    if (!at || !element) return
    const [from, to] = reach(element.value, at.line)
    element.focus()
    element.setSelectionRange(from, to)
    const height = element.scrollHeight / Math.max(1, lines)
    element.scrollTop = Math.max(0, (at.line - 4) * height)
  }, [at])
  return (
    <div class="editor">
      <div class="gutter" ref={gutter} aria-hidden="true">
        {Array.from({ length: lines }, (_, n) => (
          <span key={n} class={marked.has(n + 1) ? 'marked' : undefined}>
            {n + 1}
          </span>
        ))}
      </div>
      <textarea
        ref={field}
        aria-label={label}
        value={text}
        wrap="off"
        spellcheck={false}
        autocapitalize="off"
        autocomplete="off"
        onInput={(event) => write(event.currentTarget.value)}
        onScroll={(event) => {
          if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop
        }}
      />
    </div>
  )
}
