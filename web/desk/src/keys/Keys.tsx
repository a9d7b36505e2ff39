import { shown } from './actions'

/** The keys of an action, drawn as keys; nothing for none. */
export function Keys({ keys }: { keys: string }) {
  if (!keys) return null
  return (
    <span class="keys">
      {shown(keys).map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  )
}
