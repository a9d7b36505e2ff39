/**
 * Commands on their way. Each bears a key of its own, so that one of which nobody knows whether it arrived is simply
 * sent again; what could not be sent yet is kept by the browser, survives a reload, and goes out in its order.
 */
import { signal } from '@preact/signals'
import { recalled, remember } from '../app/remembered'
import { api, once, Problem, problemOf, seen } from './client'
import type { Accepted } from './schema'

export interface Command {
  key: string
  path: string
  body: unknown
}

const NAME = 'work.outbox'
const FIRST_PAUSE = 800
const LONGEST_PAUSE = 15_000

/** Everything that waits in this browser, whichever tab it was said in. */
export const waiting = signal<readonly Command[]>(recalled<Command[]>(NAME, []))
/** What this tab sends: its own, and what a tab that is gone left behind. Sent twice, it still happens once. */
const mine: Command[] = [...waiting.value]

type Answer = { resolve: (accepted: Accepted) => void; reject: (fault: unknown) => void }
const asking = new Map<string, Answer>()
let running = false
let pause = FIRST_PAUSE
let wake: () => void = () => {}

function change(how: (kept: Command[]) => Command[]): void {
  const kept = how(recalled<Command[]>(NAME, []))
  remember(NAME, kept)
  waiting.value = kept
}

/** Forget all that waits: it was said by somebody else, in whose name it cannot go out any more. */
export function forgetWaiting(): void {
  mine.length = 0
  change(() => [])
}

addEventListener('storage', () => {
  waiting.value = recalled<Command[]>(NAME, [])
})

/** Send a command; settles when the server has answered, however long that takes. Raises `Problem` for a refusal. */
export function send(path: string, body: unknown = {}): Promise<Accepted> {
  const command = { key: crypto.randomUUID(), path, body }
  const answered = new Promise<Accepted>((resolve, reject) => asking.set(command.key, { resolve, reject }))
  mine.push(command)
  change((kept) => [...kept, command])
  void run()
  return answered
}

async function post(command: Command): Promise<Accepted> {
  // the paths are made by `commands.ts`, whose bodies are typed; here they are only carried
  const carried = api as unknown as {
    POST: (path: string, init: object) => Promise<{ data?: Accepted; response: Response }>
  }
  const { data, response } = await carried.POST(command.path, { body: command.body, headers: once(command.key) })
  if (!data) throw await problemOf(response)
  return data
}

/** Send what waits, in order, until nothing does. */
export async function run(): Promise<void> {
  if (running) return wake()
  running = true
  for (let next = mine[0]; next; next = mine[0]) {
    try {
      const accepted = await post(next)
      seen(accepted.position)
      settle(next.key, (answer) => answer.resolve(accepted))
      pause = FIRST_PAUSE
    } catch (fault) {
      if (fault instanceof Problem && fault.status === 401) break // goes on once somebody has signed in again
      if (fault instanceof Problem && fault.passing) await sleep(fault.retryAfter * 1000 || pause)
      else settle(next.key, (answer) => answer.reject(fault))
    }
  }
  running = false
}

function settle(key: string, tell: (answer: Answer) => void): void {
  mine.splice(0, mine.length, ...mine.filter((command) => command.key !== key))
  change((kept) => kept.filter((command) => command.key !== key))
  const answer = asking.get(key)
  asking.delete(key)
  if (answer) tell(answer)
}

function sleep(milliseconds: number): Promise<void> {
  pause = Math.min(pause * 2, LONGEST_PAUSE)
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    wake = () => {
      clearTimeout(timer)
      resolve()
    }
  })
}

addEventListener('online', () => wake())
