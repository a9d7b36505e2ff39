import type { Page } from '../../app/pages'
import { leadingTitles } from '../../leading/words'

export const page: Page = {
  path: 'wallboard',
  order: 16,
  icon: 'board',
  title: () => leadingTitles().wallboard,
  may: ['supervise'],
  view: () => import('./View'),
}
