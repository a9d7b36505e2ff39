/** The small forms on a customer's card: opened by a button, closed once what they say is on record. */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Accepted } from '../api/schema'
import { Icon } from '../ui/Icon'
import { complain, say } from '../ui/toasts'
import { common } from '../ui/words'
import { matterWords } from './words'

/** Sends what a form says, says so, and closes the form; what was refused stays in it. */
export async function saved(done: Promise<Accepted>, close: () => void): Promise<void> {
  try {
    await done
    say(matterWords().saved)
    close()
  } catch (fault) {
    complain(fault)
  }
}

export function Section({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="card-section">
      <h3>{title}</h3>
      {children}
    </section>
  )
}

/** A button that turns into a small form. */
export function Adding({ label, children }: { label: string; children: (close: () => void) => ComponentChildren }) {
  const [open, show] = useState(false)
  if (open) return <>{children(() => show(false))}</>
  return (
    <button type="button" class="link" onClick={() => show(true)}>
      <Icon name="plus" size={14} /> {label}
    </button>
  )
}

export function FormEnd({ close }: { close: () => void }) {
  return (
    <div class="row end">
      <button type="button" class="quiet" onClick={close}>
        {common().cancel}
      </button>
      <button type="submit" class="primary">
        {common().save}
      </button>
    </div>
  )
}

export const submitted = (event: Event): FormData => {
  event.preventDefault()
  return new FormData(event.currentTarget as HTMLFormElement)
}
