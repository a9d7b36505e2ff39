import type { Page } from '../../app/pages'
import { settingsWords } from './words'

export const page: Page = {
  path: 'settings',
  order: 90,
  icon: 'settings',
  title: () => settingsWords().title,
  view: () => import('./View'),
}
