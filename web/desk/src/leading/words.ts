import { words } from '../words/locale'

/** What the pages of those who lead are called; all else that they say comes with them. */
export const leadingTitles = words(
  {
    wallboard: 'Wallboard',
    floor: 'Floor',
    messages: 'Messages',
    sites: 'Sites & hours',
    policy: 'Policy',
    staff: 'Team',
  },
  {
    wallboard: 'Tableau de bord',
    floor: 'Plateau',
    messages: 'Messages',
    sites: 'Sites et horaires',
    policy: 'Règles',
    staff: 'Équipe',
  },
)
