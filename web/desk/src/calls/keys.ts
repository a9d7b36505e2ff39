import type { DeclaredKey } from '../keys/actions'
import { callWords } from './words'

const group = () => callWords().group

export const keys: readonly DeclaredKey[] = [
  { id: 'call.hold', title: () => callWords().hold, group, keys: 'ctrl+shift+h' },
  { id: 'call.consult', title: () => callWords().consult, group },
  { id: 'call.transfer', title: () => callWords().transfer, group },
  { id: 'call.record', title: () => callWords().pause, group },
]
