import type { Page } from '../../app/pages'
import { leadingTitles } from '../../leading/words'

export const page: Page = {
  path: 'sites',
  order: 30,
  icon: 'site',
  title: () => leadingTitles().sites,
  may: ['declare_outage'],
  pool: true,
  view: () => import('./View'),
}
