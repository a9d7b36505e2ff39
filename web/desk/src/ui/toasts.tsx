/** Short messages at the edge of the screen, read out by screen readers; a fault stays until it is put away. */
import { signal } from '@preact/signals'
import { Problem } from '../api/client'
import { Icon } from './Icon'
import { refusal } from './problem_words'
import { common } from './words'

/** A note is somebody's word: like a fault it stays until it is put away. */
type Kind = 'good' | 'bad' | 'note'

interface Toast {
  id: number
  kind: Kind
  text: string
}

const ICONS = { good: 'check', bad: 'warning', note: 'sms' } as const
const STAYS = 5_000
const MOST = 4
const toasts = signal<readonly Toast[]>([])
let next = 0

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id)
}

export function say(text: string, kind: Kind = 'good'): void {
  next += 1
  const id = next
  toasts.value = [...toasts.value.filter((toast) => toast.text !== text), { id, kind, text }].slice(-MOST)
  if (kind === 'good') setTimeout(dismiss, STAYS, id)
}

/** What went wrong: what the server refused, in the desk's language. */
export function explain(fault: unknown): string {
  if (fault instanceof Problem) return fault.status === 0 ? common().offline : refusal(fault.code, fault.message)
  return String(fault)
}

export const complain = (fault: unknown): void => say(explain(fault), 'bad')

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((toast) => (
        <div key={toast.id} class={`toast ${toast.kind}`}>
          <Icon name={ICONS[toast.kind]} />
          <span>{toast.text}</span>
          <button type="button" class="quiet square" onClick={() => dismiss(toast.id)} aria-label={common().close}>
            <Icon name="close" size={14} />
          </button>
        </div>
      ))}
    </div>
  )
}
