/**
 * Files that go along with a reply: kept by the server as soon as they are added, by this browser until it has them.
 * Each bears an id of its own, so that one of which nobody knows whether it arrived is simply sent again.
 */
import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { api, body, Problem } from '../api/client'
import type { DraftFilesView, DraftFileView } from '../api/schema'
import { forgetFile, type KeptFile, keepFile, keptFiles } from '../app/kept_files'
import { me } from '../app/session'
import { complain, say } from '../ui/toasts'
import { fileWords } from './file_words'

const PAUSE = 3_000
const PLACE = '/api/projects/{project}/interactions/{interaction_id}/drafts/reply/files'
const ONE = `${PLACE}/{file_id}` as const

export interface Added {
  id: string
  name: string
  size: number
  /** Whether the server has it. */
  kept: boolean
}

export interface Files {
  added: Signal<readonly Added[]>
  /** Some are not with the server yet. */
  pending: () => boolean
  add: (files: readonly File[]) => void
  remove: (id: string) => void
  /** These went out with a reply. */
  sent: (ids: readonly string[]) => void
}

const who = (): string => me.value?.account_id ?? ''
const shown = (one: DraftFileView): Added => ({ id: one.file_id, name: one.name, size: one.size, kept: true })
const waiting = (one: KeptFile): Added => ({ id: one.id, name: one.name, size: one.content.size, kept: false })

/** `wanted`: a reply can be written here. */
export function useFiles(project: string, interactionId: string, wanted: boolean): Files {
  const added = useSignal<readonly Added[]>([])
  const limits = useRef({ most: 0, most_bytes: 0 })
  const here = useRef({ over: false, timers: new Set<number>() })
  const path = { project, interaction_id: interactionId }
  const change = (id: string, to: Added | null) => {
    const others = added.value
    added.value = to ? others.map((one) => (one.id === id ? to : one)) : others.filter((one) => one.id !== id)
  }

  const upload = async (file: KeptFile, place: typeof here.current): Promise<void> => {
    if (place.over || file.account !== who() || !added.value.some((one) => one.id === file.id)) return
    const params = { path: { ...path, file_id: file.id }, query: { name: file.name } }
    const headers = { 'Content-Type': file.type || 'application/octet-stream' }
    const bodySerializer = () => file.content
    try {
      const view = await body(api.PUT(ONE, { params, headers, body: '', bodySerializer }))
      await forgetFile(file.id)
      if (!place.over) change(file.id, shown(view))
    } catch (fault) {
      // an ended session is signed in again over what is being written
      if (fault instanceof Problem && (fault.passing || fault.status === 401)) {
        if (!place.over) place.timers.add(setTimeout(() => void upload(file, place), PAUSE))
        return
      }
      await forgetFile(file.id)
      if (!place.over) change(file.id, null)
      complain(fault)
    }
  }
  const start = async (place: typeof here.current) => {
    const mine = (await keptFiles()).filter(
      (one) => one.account === who() && one.interaction_id === interactionId && one.project === project,
    )
    const take = (told: DraftFilesView) => {
      if (place.over) return
      limits.current = told
      const known = new Set(told.files.map((one) => one.file_id))
      const further = mine.filter((one) => !known.has(one.id))
      const earlier = [...told.files.map(shown), ...further.map(waiting)]
      const ids = new Set(earlier.map((one) => one.id))
      added.value = [...earlier, ...added.value.filter((one) => !ids.has(one.id))]
      for (const file of further) void upload(file, place)
    }
    const read = (): Promise<void> =>
      body(api.GET(PLACE, { params: { path } })).then(take, (fault) => {
        if (!place.over && fault instanceof Problem && fault.passing)
          place.timers.add(setTimeout(() => void read(), PAUSE))
      })
    if (mine.length) added.value = mine.map(waiting)
    await read()
  }
  useEffect(() => {
    const place = { over: false, timers: new Set<number>() }
    here.current = place
    added.value = []
    if (wanted) void start(place)
    return () => {
      place.over = true
      for (const timer of place.timers) clearTimeout(timer)
    }
  }, [project, interactionId, wanted])

  /** Why these cannot go along too; null where they can. What a server would refuse need not travel. */
  const refused = (files: readonly File[]): string | null => {
    const { most, most_bytes } = limits.current
    const together = [...added.value, ...files].reduce((sum, one) => sum + one.size, 0)
    const empty = files.find((one) => one.size === 0)
    if (empty) return fileWords().empty(empty.name)
    if (most && added.value.length + files.length > most) return fileWords().tooMany(most)
    return most_bytes && together > most_bytes ? fileWords().tooLarge(most_bytes) : null
  }
  const add = (files: readonly File[]) => {
    const fault = refused(files)
    if (fault) return say(fault, 'bad')
    for (const file of files) {
      const about = { id: crypto.randomUUID(), account: who(), ...path }
      const kept = { ...about, name: file.name, type: file.type, content: file }
      added.value = [...added.value, waiting(kept)]
      void keepFile(kept).then(() => upload(kept, here.current))
    }
  }
  const remove = (id: string) => {
    const before = added.value
    change(id, null)
    void forgetFile(id)
    const params = { path: { ...path, file_id: id } }
    api.DELETE(ONE, { params }).catch((fault) => {
      if (fault instanceof Problem && fault.passing) added.value = before
      complain(fault)
    })
  }
  return {
    added,
    pending: () => added.value.some((one) => !one.kept),
    add,
    remove,
    sent: (ids) => {
      added.value = added.value.filter((one) => !ids.includes(one.id))
    },
  }
}
