import type { Page } from '../../app/pages'
import { workWords } from './words'

export const page: Page = {
  path: 'work',
  order: 10,
  icon: 'work',
  title: () => workWords().title,
  roles: ['agent'],
  view: () => import('./View'),
}
