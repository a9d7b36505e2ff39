import type { Page } from '../../app/pages'
import { followUpWords } from './words'

export const page: Page = {
  path: 'follow-ups',
  order: 15,
  icon: 'clock',
  title: () => followUpWords().title,
  roles: ['agent'],
  view: () => import('./View'),
}
