import type { DeclaredKey } from '../keys/actions'
import { callWords } from './words'

const group = () => callWords().group

export const keys: readonly DeclaredKey[] = [
  { id: 'call.hold', title: () => callWords().hold, group, keys: 'ctrl+shift+h' },
  { id: 'call.mute', title: () => callWords().mute, group, keys: 'ctrl+shift+m' },
  { id: 'call.consult', title: () => callWords().consult, group, keys: 'c' },
  { id: 'call.transfer', title: () => callWords().transfer, group, keys: 'b' },
  { id: 'call.hand_over', title: () => callWords().handOver, group, keys: 'h' },
  { id: 'call.bring_in', title: () => callWords().bringIn, group, keys: 'i' },
  { id: 'call.end_consult', title: () => callWords().endConsult, group, keys: 'e' },
  { id: 'call.record', title: () => callWords().pause, group },
]
