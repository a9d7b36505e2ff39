import { words } from '../words/locale'

export const recordedWords = words(
  {
    title: 'Recordings',
    conversation: (agent: string) => (agent ? `Conversation with ${agent}` : 'Conversation'),
    message: (recipient: string) => (recipient ? `Message for ${recipient}` : 'Message'),
    listen: (what: string, when: string) => `Listen: ${what}, ${when}`,
    listenShort: 'Listen',
    running: 'being recorded',
    paused: 'paused',
    ended: 'not fetched yet',
    removed: 'removed: its time was over',
    given_up: 'the provider never handed it over',
    notYours: 'for those who lead to hear',
    onRecord: 'That you listened is on record.',
  },
  {
    title: 'Enregistrements',
    conversation: (agent: string) => (agent ? `Conversation avec ${agent}` : 'Conversation'),
    message: (recipient: string) => (recipient ? `Message pour ${recipient}` : 'Message'),
    listen: (what: string, when: string) => `Écouter : ${what}, ${when}`,
    listenShort: 'Écouter',
    running: 'en cours',
    paused: 'suspendu',
    ended: 'pas encore récupéré',
    removed: 'retiré : son temps est passé',
    given_up: 'le prestataire ne l’a jamais remis',
    notYours: 'réservé aux responsables',
    onRecord: 'Votre écoute est consignée.',
  },
)
