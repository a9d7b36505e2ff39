import type { DeclaredKey } from '../keys/actions'
import { matterWords } from '../matter/words'
import { scriptWords } from './words'

export const keys: readonly DeclaredKey[] = [
  { id: 'script', title: () => scriptWords().focus, group: () => matterWords().matterGroup, keys: 'q' },
]
