/** What an agent says about themselves and about what rings: presence, accepting, declining. */
import { command } from '../api/commands'
import type { WorkItem } from '../api/schema'
import { go } from '../app/router'
import { agentId } from '../app/session'
import { expectCall } from '../softphone/state'
import { complain } from '../ui/toasts'
import { myself, refresh } from './state'

async function said(done: Promise<unknown>): Promise<boolean> {
  try {
    await done
    return true
  } catch (fault) {
    complain(fault)
    return false
  } finally {
    void refresh()
  }
}

const own = () => ({ agent_id: agentId.value })

/** Take work from now on; begins the shift where it had not begun. */
export async function becomeReady(): Promise<void> {
  if (myself.value?.presence === 'signed_out' && !(await said(command('/api/agents/{agent_id}/sign-in', own())))) return
  await said(command('/api/agents/{agent_id}/ready', own()))
}

/** Take no new work, for a reason. */
export async function becomeNotReady(reason: string): Promise<void> {
  if (myself.value?.presence === 'signed_out' && !(await said(command('/api/agents/{agent_id}/sign-in', own())))) return
  await said(command('/api/agents/{agent_id}/not-ready', own(), { reason }))
}

/** Take nothing more by one channel, for a reason, and go on with the others. */
export async function pauseChannel(channel: string, reason: string): Promise<void> {
  await said(command('/api/agents/{agent_id}/channels/{channel}/pause', { ...own(), channel }, { reason }))
}

export async function resumeChannel(channel: string): Promise<void> {
  await said(command('/api/agents/{agent_id}/channels/{channel}/resume', { ...own(), channel }))
}

export async function endShift(): Promise<void> {
  await said(command('/api/agents/{agent_id}/sign-out', own()))
}

const offerOf = (item: WorkItem) => ({
  project: item.project,
  interaction_id: item.interaction_id,
  leg: item.leg,
  work_id: item.work_id,
})
const OFFER = '/api/projects/{project}/interactions/{interaction_id}/legs/{leg}/offers/{work_id}'

/** Take the work that rings, and go to it. */
export async function accept(item: WorkItem): Promise<void> {
  if (item.channel === 'voice' || item.channel === 'callback') expectCall()
  if (await said(command(`${OFFER}/accept`, offerOf(item)))) go(`work/${item.work_id}`)
}

export async function decline(item: WorkItem, reason = ''): Promise<void> {
  await said(command(`${OFFER}/decline`, offerOf(item), { reason }))
}
