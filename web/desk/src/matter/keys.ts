import type { DeclaredKey } from '../keys/actions'
import { fileWords } from './file_words'
import { wayWords } from './way_words'
import { matterWords } from './words'

const group = () => matterWords().matterGroup

export const keys: readonly DeclaredKey[] = [
  { id: 'reply', title: () => matterWords().reply, group, keys: 'r' },
  { id: 'note', title: () => matterWords().note, group, keys: 'x' },
  { id: 'way', title: () => wayWords().next, group, keys: 'y' },
  { id: 'attach', title: () => fileWords().add, group, keys: 'a' },
  { id: 'finish', title: () => matterWords().finish, group, keys: 'f' },
  { id: 'hand_over', title: () => matterWords().handOver, group, keys: 't' },
]
