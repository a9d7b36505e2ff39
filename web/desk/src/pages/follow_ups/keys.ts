import type { DeclaredKey } from '../../keys/actions'
import { matterWords } from '../../matter/words'
import { followUpWords } from './words'

export const keys: readonly DeclaredKey[] = [
  { id: 'follow_up', title: () => followUpWords().plan, group: () => matterWords().matterGroup, keys: 'u' },
]
