import type { Page } from '../../app/pages'
import { unread } from '../../leading/unread'
import { leadingTitles } from '../../leading/words'

export const page: Page = {
  path: 'messages',
  order: 18,
  icon: 'sms',
  title: () => leadingTitles().messages,
  may: ['messages'],
  count: () => unread.value,
  view: () => import('./View'),
}
