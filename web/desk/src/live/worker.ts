/** The one stream of a browser, shared by its tabs: each tab is a port, and the stream lives while there is one. */
import type { LiveEvent } from './events'
import { Stream } from './stream'

/**
 * What a tab says: that it is there and shows the wallboards of these projects (again and again, for one that crashes
 * says nothing more), that it goes, that the network is back.
 */
export type Said = { boards: readonly string[] } | 'bye' | 'retry'

/** Longer than the longest pause that browsers make between a hidden tab's words. */
const GONE = 180_000
const ports = new Map<MessagePort, number>()
const shown = new Map<MessagePort, readonly string[]>()
let stream: Stream | null = null
let hello: LiveEvent | null = null

function tell(event: LiveEvent): void {
  if (event.kind === 'hello') hello = event
  if (event.kind === 'event' && hello?.kind === 'hello') hello = { ...hello, position: event.event.position }
  if (event.kind === 'lost' || event.kind === 'refused') hello = null
  if (event.kind === 'refused') stream = null
  for (const port of ports.keys()) port.postMessage(event)
}

const boards = (): string[] => [...new Set([...shown.values()].flat())].sort()

function begin(): void {
  stream ??= new Stream(tell, boards())
  stream.watch(boards())
}

function leave(port: MessagePort): void {
  ports.delete(port)
  shown.delete(port)
  if (ports.size === 0 && stream) {
    stream.end()
    stream = null
    hello = null
  } else stream?.watch(boards())
}

setInterval(() => {
  const now = Date.now()
  for (const [port, heard] of ports) if (now - heard > GONE) leave(port)
}, 5_000)

function hear(port: MessagePort, said: Said): void {
  if (said === 'bye') {
    leave(port)
    return
  }
  const known = ports.has(port)
  ports.set(port, Date.now())
  if (said === 'retry') stream?.retry()
  else {
    shown.set(port, said.boards)
    begin()
  }
  // a tab that was away a while, or comes second to a stream that has said hello already, reads everything afresh
  if (!known && hello) port.postMessage(hello)
}

/** The scope of a shared worker, which the DOM's types leave out. */
const scope = self as unknown as { onconnect: ((connection: MessageEvent) => void) | null }
scope.onconnect = (connection) => {
  const port = connection.ports[0]
  if (port) port.onmessage = (message: MessageEvent<Said>) => hear(port, message.data)
}
