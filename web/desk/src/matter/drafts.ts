/**
 * What somebody is writing, kept by the server so that it is there on another screen and after a crash, and by this
 * browser while the server cannot be reached. Two windows on one draft are told of each other by its revision.
 */
import { type Signal, useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { api, body, Problem } from '../api/client'
import type { DraftView } from '../api/schema'
import { forget, recalled, remember } from '../app/remembered'

export type Kind = 'reply' | 'note'
export type Saving = 'none' | 'saving' | 'saved' | 'local' | 'elsewhere'
const PAUSE = 700
export const LONGEST = 100_000

export interface Draft {
  text: Signal<string>
  saving: Signal<Saving>
  /** What another window made of it. */
  other: Signal<string>
  write: (text: string) => void
  /** So much of it was sent; what was written behind it since stays. */
  drop: (sent: string) => void
  takeTheirs: () => void
  keepMine: () => void
}

export function useDraft(project: string, interactionId: string, kind: Kind): Draft {
  const text = useSignal('')
  const saving = useSignal<Saving>('none')
  const other = useSignal('')
  const about = useRef({ revision: 0, dirty: false, timer: 0, busy: false })
  const local = `work.draft.${interactionId}.${kind}`
  const path = { project, interaction_id: interactionId, kind }

  const save = async () => {
    const now = about.current
    if (now.busy) {
      now.timer = setTimeout(save, PAUSE)
      return
    }
    now.busy = true
    const written = text.value
    try {
      const kept: DraftView = await body(
        api.PUT('/api/projects/{project}/interactions/{interaction_id}/drafts/{kind}', {
          params: { path },
          body: { text: written, revision: now.revision },
        }),
      )
      now.revision = kept.revision
      if (text.value === written) {
        now.dirty = false
        forget(local)
        saving.value = written ? 'saved' : 'none'
      }
    } catch (fault) {
      await failed(fault)
    } finally {
      now.busy = false
    }
  }
  const failed = async (fault: unknown) => {
    if (fault instanceof Problem && fault.code === 'draft_changed') {
      const theirs = await read().catch(() => null)
      if (!theirs) return
      about.current.revision = theirs.revision
      other.value = theirs.text
      saving.value = 'elsewhere'
      return
    }
    saving.value = 'local'
    if (fault instanceof Problem && fault.passing) about.current.timer = setTimeout(save, 3_000)
  }
  const read = async (): Promise<DraftView> => {
    const place = '/api/projects/{project}/interactions/{interaction_id}/drafts/{kind}'
    return await body(api.GET(place, { params: { path } }))
  }
  const write = (written: string) => {
    const now = about.current
    text.value = written
    now.dirty = true
    remember(local, written)
    if (saving.value === 'elsewhere' || written.length > LONGEST) return
    saving.value = 'saving'
    clearTimeout(now.timer)
    now.timer = setTimeout(save, PAUSE)
  }
  // before the field can be written in: what was typed into it first must not be taken for another matter's
  useLayoutEffect(() => {
    const now = { revision: 0, dirty: false, timer: 0, busy: false }
    about.current = now
    text.value = recalled(local, '')
    saving.value = text.value ? 'local' : 'none'
    const unsaved = text.value !== ''
    read().then(
      (kept) => {
        if (about.current !== now) return
        now.revision = kept.revision
        if (now.dirty) return
        if (unsaved && kept.text !== text.value) write(text.value)
        else {
          text.value = kept.text
          saving.value = kept.text ? 'saved' : 'none'
        }
      },
      () => undefined,
    )
    return () => {
      clearTimeout(now.timer)
      if (now.dirty && text.value.length <= LONGEST) void save()
    }
  }, [project, interactionId, kind])
  return {
    text,
    saving,
    other,
    write,
    drop: (sent) => {
      if (text.value !== sent) return write(text.value.startsWith(sent) ? text.value.slice(sent.length) : text.value)
      clearTimeout(about.current.timer)
      text.value = ''
      saving.value = 'none'
      about.current.dirty = false
      forget(local)
      void save()
    },
    takeTheirs: () => {
      text.value = other.value
      saving.value = 'saved'
      about.current.dirty = false
      forget(local)
    },
    keepMine: () => {
      saving.value = 'saving'
      void save()
    },
  }
}
