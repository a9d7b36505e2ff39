import { keysOf, shown } from './actions'

/** Keys drawn as keys: those named, or those that an action has for this person; nothing for none. */
export function Keys({ keys, of }: { keys?: string; of?: string }) {
  const named = keys ?? (of ? keysOf(of) : '')
  if (!named) return null
  return (
    <span class="keys">
      {shown(named).map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  )
}
