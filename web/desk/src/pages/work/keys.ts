import type { DeclaredKey } from '../../keys/actions'
import { workWords } from './words'

const group = () => workWords().title

export const keys: readonly DeclaredKey[] = [
  { id: 'work.next', title: () => workWords().next, group, keys: 'j' },
  { id: 'work.previous', title: () => workWords().previous, group, keys: 'k' },
]
