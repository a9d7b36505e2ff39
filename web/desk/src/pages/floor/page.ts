import type { Page } from '../../app/pages'
import { leadingTitles } from '../../leading/words'

export const page: Page = {
  path: 'floor',
  order: 17,
  icon: 'people',
  title: () => leadingTitles().floor,
  may: ['supervise'],
  view: () => import('./View'),
}
