import type { DeclaredKey } from '../keys/actions'
import { agentWords } from './words'

const work = () => agentWords().workGroup
const presence = () => agentWords().presenceGroup

export const keys: readonly DeclaredKey[] = [
  { id: 'offer.accept', title: () => agentWords().accept, group: work, keys: 'ctrl+shift+a' },
  { id: 'offer.decline', title: () => agentWords().decline, group: work, keys: 'ctrl+shift+r' },
  { id: 'presence.menu', title: () => agentWords().presence, group: presence, keys: 'p' },
  { id: 'presence.ready', title: () => agentWords().ready, group: presence },
  { id: 'presence.end', title: () => agentWords().endShift, group: presence },
]
