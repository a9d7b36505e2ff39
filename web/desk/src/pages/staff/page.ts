import type { Page } from '../../app/pages'
import { leadingTitles } from '../../leading/words'

export const page: Page = {
  path: 'staff',
  order: 50,
  icon: 'person',
  title: () => leadingTitles().staff,
  may: ['supervise', 'accounts'],
  view: () => import('./View'),
}
