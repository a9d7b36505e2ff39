/** Who is signed in. An expired session is asked for again where one is; nothing on the screen is lost for it. */
import { computed, signal } from '@preact/signals'
import { api, body, onSignedOut, Problem, setCsrf } from '../api/client'
import { forgetWaiting } from '../api/outbox'
import type { Me, Permission } from '../api/schema'
import { forgetFiles } from './kept_files'
import { forgetWork, recalled, remember } from './remembered'

export type Role = 'agent' | 'supervisor' | 'manager' | 'analyst' | 'administrator' | 'client'
/** `unknown` until the server was asked, `expired` when somebody was signed in and is no longer. */
export type Standing = 'unknown' | 'signed_out' | 'signed_in' | 'expired'

export const standing = signal<Standing>('unknown')
export const me = signal<Me | null>(null)
export const agentId = computed(() => me.value?.agent_id ?? '')
/** Every role that is held anywhere. */
export const roles = computed(() => new Set(Object.values(me.value?.roles ?? {}).flat() as Role[]))

/** What the server says is open; it has the last word on each request all the same. */
const opened = (where: string): readonly Permission[] => me.value?.may[where] ?? me.value?.may['*'] ?? []
/** Whether the session opens this in a project; without one, for the whole pool or about oneself. */
export const may = (permission: Permission, project = '*'): boolean => opened(project).includes(permission)
export const mayAnywhere = (permission: Permission): boolean =>
  Object.values(me.value?.may ?? {}).some((some) => some.includes(permission))

function welcome(who: Me): void {
  setCsrf(who.csrf ?? '')
  // somebody else at the same screen must not find what the last one left
  if (recalled('account', '') !== who.account_id) {
    forgetWaiting()
    forgetWork()
    void forgetFiles()
  }
  remember('account', who.account_id)
  me.value = who
  standing.value = 'signed_in'
}

onSignedOut(() => {
  if (standing.value === 'signed_in') standing.value = 'expired'
})

/** Ask who is signed in. Raises `Problem` for a server that cannot be reached. */
export async function introduce(): Promise<void> {
  try {
    welcome(await body(api.GET('/api/session')))
  } catch (fault) {
    if (!(fault instanceof Problem) || fault.status !== 401) throw fault
    standing.value = me.value ? 'expired' : 'signed_out'
  }
}

/** Raises `Problem`: 401 for a wrong name or password, 429 after too many. */
export async function signIn(name: string, password: string): Promise<void> {
  welcome(await body(api.POST('/api/session', { body: { name, password } })))
}

/** Sign out of this browser. An agent's presence ends before it. */
export async function signOut(): Promise<void> {
  await api.DELETE('/api/session').catch(() => undefined)
  forgetWork()
  await forgetFiles()
  location.assign('/desk/')
}
