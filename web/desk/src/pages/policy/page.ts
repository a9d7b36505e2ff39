import type { Page } from '../../app/pages'
import { leadingTitles } from '../../leading/words'

export const page: Page = {
  path: 'policy',
  order: 40,
  icon: 'policy',
  title: () => leadingTitles().policy,
  may: ['configure'],
  view: () => import('./View'),
}
