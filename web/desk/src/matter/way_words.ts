import { plural, words } from '../words/locale'

export const wayWords = words(
  {
    way: 'How it is sent',
    next: 'Reply the other way (mail, text)',
    own: 'As they write',
    email: 'By mail',
    sms: 'By text',
    texts: (count: number) => plural(count, '1 text', `${count} texts`),
    left: (units: string) => `${units} left in it`,
    dear: (characters: string) => `${characters} cost more room.`,
    plainer: (count: number) => plural(count, 'Write it plainly: 1 text', `Write it plainly: ${count} texts`),
  },
  {
    way: 'Comment l’envoyer',
    next: 'Répondre de l’autre façon (courriel, SMS)',
    own: 'Comme le client',
    email: 'Par courriel',
    sms: 'Par SMS',
    texts: (count: number) => plural(count, '1 SMS', `${count} SMS`),
    left: (units: string) => `encore ${units} dedans`,
    dear: (characters: string) => `${characters} prennent plus de place.`,
    plainer: (count: number) => plural(count, 'Écrire simplement : 1 SMS', `Écrire simplement : ${count} SMS`),
  },
)
