import type { DeclaredKey } from '../keys/actions'
import { phoneWords } from './words'

const group = () => phoneWords().group

export const keys: readonly DeclaredKey[] = [
  { id: 'phone.hang_up', title: () => phoneWords().hangUp, group, keys: 'ctrl+shift+e' },
  { id: 'phone.keypad', title: () => phoneWords().keypad, group },
]
