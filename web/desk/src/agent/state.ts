/**
 * An agent's own state, as the server's read models have it: presence, room on each channel, work. Live events only
 * say that something has changed; what it is now is asked for, at least as of that event.
 */
import { computed, effect, signal } from '@preact/signals'
import { api, body, minPosition, Problem } from '../api/client'
import { run } from '../api/outbox'
import type { AgentView, DeskView, ProjectOnDesk, WorkItem } from '../api/schema'
import { agentId, introduce, standing } from '../app/session'
import { connect, line, listen } from '../live/live'

export const desk = signal<DeskView | null>(null)
export const myself = signal<AgentView | null>(null)
/** True once work has been read at least once. */
export const work = computed<readonly WorkItem[]>(() => myself.value?.work ?? [])
export const offers = computed(() => work.value.filter((item) => item.status === 'offered'))
export const inHand = computed(() => work.value.filter((item) => item.status !== 'offered'))
/** Reading failed and is being tried again. */
export const stale = signal(false)

export const projectOf = (name: string): ProjectOnDesk | undefined =>
  desk.value?.projects.find((project) => project.name === name)
export const nameOf = (id: string): string => desk.value?.agents[id] ?? id
export const queueTitle = (project: string, queue: string): string =>
  projectOf(project)?.queues.find((one) => one.name === queue)?.title ?? queue
export const departmentTitle = (project: string, department: string): string =>
  projectOf(project)?.departments.find((one) => one.name === department)?.title ?? department

let reading = false
let again = false
let retry = 0

/** Read it afresh; calls while one is under way lead to one more after it. */
export async function refresh(): Promise<void> {
  if (!agentId.value) return
  if (reading) {
    again = true
    return
  }
  reading = true
  try {
    const path = { agent_id: agentId.value }
    myself.value = await body(api.GET('/api/agents/{agent_id}', { params: { path, query: minPosition() } }))
    stale.value = false
  } catch (fault) {
    stale.value = true
    if (!(fault instanceof Problem) || fault.passing) {
      clearTimeout(retry)
      retry = setTimeout(refresh, 2_000)
    }
  } finally {
    reading = false
    if (again) {
      again = false
      void refresh()
    }
  }
}

/** Read what there is to choose from: people, sites, projects. */
export async function readDesk(): Promise<void> {
  try {
    desk.value = await body(api.GET('/api/desk'))
  } catch (fault) {
    if (fault instanceof Problem && fault.passing) setTimeout(readDesk, 3_000)
  }
}

/** What changes an agent's own row or work: anything about the agent, and about what is in their hands. */
const OURS = /^(agent|interaction|ticket|customer)\./

/** Begin to follow, once somebody is signed in. */
export function follow(): void {
  let soon = 0
  const later = () => {
    clearTimeout(soon)
    soon = setTimeout(refresh, 30)
  }
  listen((said) => {
    if (said.kind === 'event') {
      if (OURS.test(said.event.type)) later()
      if (/^(centre|project)\.configured/.test(said.event.type)) void readDesk()
    } else if (said.kind === 'hello' || said.kind === 'reset') {
      later()
      // the server ends a stream when a role was given or taken: what is open now is asked for
      if (said.kind === 'hello' && said.resumed) void introduce().catch(() => undefined)
    }
  })
  effect(() => {
    if (standing.value !== 'signed_in') return
    connect()
    void run()
    void readDesk()
    void refresh()
  })
}

export const connected = computed(() => line.value !== 'lost' && !stale.value)
