/** Being muted: at the microphone at once where the telephone is this browser, and by the provider for any telephone. */
import { inHand, refresh } from '../agent/state'
import { command } from '../api/commands'
import type { WorkItem } from '../api/schema'
import { complain } from '../ui/toasts'
import { ask, phone } from './state'

const LEG = '/api/projects/{project}/interactions/{interaction_id}/legs/{leg}'

/** The conversation that one leads; who is asked for advice, or listens, leads none. */
export const callInHand = (): WorkItem | undefined =>
  inHand.value.find((item) => item.status === 'connected' && (item.channel === 'voice' || item.channel === 'callback'))

export async function mute(on: boolean, item: WorkItem | undefined): Promise<void> {
  if (phone.value.call) ask({ do: 'mute', on })
  if (!item) return
  try {
    const { project, interaction_id, leg } = item
    await command(`${LEG}/${on ? 'mute' : 'unmute'}`, { project, interaction_id, leg })
  } catch (fault) {
    complain(fault)
  }
  void refresh()
}
