import type { Page } from '../../app/pages'
import { searchWords } from './words'

export const page: Page = {
  path: 'search',
  order: 20,
  icon: 'search',
  title: () => searchWords().title,
  roles: ['agent', 'supervisor', 'manager'],
  view: () => import('./View'),
}
