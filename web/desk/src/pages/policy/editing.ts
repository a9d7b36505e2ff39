/** A document being edited: the text, what was found of it, and what is kept of it until it is applied. */
import { useEffect, useState } from 'preact/hooks'
import type { Review, Version } from '../../api/schema'
import { forget, recalled, remember } from '../../app/remembered'
import { apply, review, type Subject, version, versions } from '../../floor/documents'
import { useFresh } from '../../live/fresh'
import { complain, say } from '../../ui/toasts'
import { policyWords } from './words'

interface Draft {
  text: string
  /** The revision that it began from. */
  base: number
}

export interface Editing {
  text: string | null
  base: number
  changed: boolean
  review: Review | null
  busy: boolean
  versions: Version[] | null
  write: (text: string) => void
  check: () => Promise<void>
  apply: () => Promise<void>
  discard: () => void
  open: (revision: number) => Promise<void>
}

const draftName = (subject: Subject): string => `work.policy.${subject.kind}.${subject.name}`

/** Everything about one subject; the component that uses it is keyed by the subject. */
export function useEditing(subject: Subject): Editing {
  const [history, again] = useFresh(() => versions(subject), new RegExp(`^${subject.kind}\\.configured`), [])
  const [draft, set] = useState<Draft | null>(() => recalled<Draft | null>(draftName(subject), null))
  const [original, setOriginal] = useState<Draft | null>(null)
  const [told, tell] = useState<Review | null>(null)
  const [busy, setBusy] = useState(false)
  const newest = history?.[0]?.revision ?? 0

  const load = async (revision: number) => {
    const known = await version(subject, revision)
    setOriginal({ text: known.yaml, base: revision })
  }
  useEffect(() => {
    // what is being written stays as it is; its base says that something newer is there
    if (newest && !draft) load(newest).catch(complain)
  }, [newest, draft === null])

  const shown = draft ?? original
  const keep = (text: string, base: number) => {
    tell(null)
    const same = text === original?.text && base === original.base
    if (same) forget(draftName(subject))
    else remember(draftName(subject), { text, base })
    set(same ? null : { text, base })
  }
  const during = async (work: () => Promise<void>) => {
    setBusy(true)
    try {
      await work()
    } catch (fault) {
      complain(fault)
    }
    setBusy(false)
  }
  const begin = () => {
    forget(draftName(subject))
    tell(null)
    set(null)
  }
  return {
    text: shown?.text ?? null,
    base: shown?.base ?? 0,
    changed: draft !== null,
    review: told,
    busy,
    versions: history,
    write: (text) => keep(text, shown?.base ?? newest),
    check: () => during(async () => tell(await review(subject, shown?.text ?? ''))),
    apply: () =>
      during(async () => {
        if (!told?.document) return
        await apply(subject, told.document, told.revision)
        say(policyWords().applied(told.revision + 1))
        begin()
        again()
      }),
    discard: begin,
    open: (revision) =>
      during(async () => {
        keep((await version(subject, revision)).yaml, newest)
        say(policyWords().opened(revision))
      }),
  }
}
