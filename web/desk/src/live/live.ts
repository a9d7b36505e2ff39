/** The live events of this tab: over the browser's shared worker, or by itself where there are no such workers. */
import { signal } from '@preact/signals'
import { seen } from '../api/client'
import type { LiveEvent } from './events'
import { Stream } from './stream'
import type { Said } from './worker'

/** `silent` before the first word; `refused` when the session has ended. */
export const line = signal<'silent' | 'open' | 'lost' | 'refused'>('silent')

type Listener = (event: LiveEvent) => void
const listeners = new Set<Listener>()

/** Hear of everything that comes; the answer ends it. */
export function listen(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function tell(event: LiveEvent): void {
  if (event.kind === 'event') seen(event.event.position)
  if (event.kind === 'hello' || event.kind === 'reset') seen(event.position)
  line.value = event.kind === 'lost' || event.kind === 'refused' ? event.kind : 'open'
  for (const listener of listeners) listener(event)
}

let say: ((said: Said) => void) | null = null
let boards: readonly string[] = []

/** Have the wallboards of these projects sent to this tab too, from now on; none: no more. */
export function watchBoards(projects: readonly string[]): void {
  boards = projects
  say?.({ boards })
}

function share(): (said: Said) => void {
  const worker = new SharedWorker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'trunkline-stream' })
  worker.port.onmessage = (message: MessageEvent<LiveEvent>) => tell(message.data)
  worker.onerror = () => {
    say = alone()
    say({ boards })
  }
  const post = (said: Said) => worker.port.postMessage(said)
  setInterval(() => post({ boards }), 10_000)
  addEventListener('pagehide', () => post('bye'))
  addEventListener('pageshow', (shown) => shown.persisted && post({ boards }))
  return post
}

function alone(): (said: Said) => void {
  let stream: Stream | null = null
  const told: Listener = (event) => {
    if (event.kind === 'refused') stream = null
    tell(event)
  }
  return (said) => {
    if (said === 'retry') return stream?.retry()
    stream ??= new Stream(told, boards)
    stream.watch(boards)
  }
}

/** Listen from now on, also after the session had ended and somebody has signed in again. */
export function connect(): void {
  say ??= 'SharedWorker' in globalThis ? share() : alone()
  say({ boards })
}

addEventListener('online', () => say?.('retry'))
