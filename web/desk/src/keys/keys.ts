import { newWords } from '../new/words'
import { searchWords } from '../pages/search/words'
import type { DeclaredKey } from './actions'
import { keyWords } from './words'

const group = () => keyWords().general

export const keys: readonly DeclaredKey[] = [
  { id: 'help', title: () => keyWords().help, group, keys: '?' },
  { id: 'palette', title: () => keyWords().palette, group, keys: 'mod+k' },
  { id: 'new', title: () => newWords().title, group, keys: 'n' },
  { id: 'go.search', title: () => keyWords().goTo(searchWords().title), group, keys: 's' },
]
