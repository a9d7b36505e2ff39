import { plural, words } from '../words/locale'

export const shellWords = words(
  {
    product: 'Trunkline',
    navigation: 'Pages',
    skip: 'Skip to the page',
    account: (name: string) => `Account of ${name}`,
    signOut: 'Sign out',
    lost: 'No connection; trying again.',
    sending: 'Sending.',
    unsent: (count: number) => plural(count, '1 message waits to be sent.', `${count} messages wait to be sent.`),
    noPages: 'Your account has no role that opens a page here; an administrator can give you one.',
    starting: 'Connecting…',
    unreachable: 'The server cannot be reached; trying again.',
  },
  {
    product: 'Trunkline',
    navigation: 'Pages',
    skip: 'Aller à la page',
    account: (name: string) => `Compte de ${name}`,
    signOut: 'Se déconnecter',
    lost: 'Pas de connexion ; nouvelle tentative.',
    sending: 'Envoi en cours.',
    unsent: (count: number) =>
      plural(count, '1 message attend d’être envoyé.', `${count} messages attendent d’être envoyés.`),
    noPages: 'Aucun rôle de votre compte n’ouvre de page ici ; un administrateur peut vous en donner un.',
    starting: 'Connexion…',
    unreachable: 'Le serveur est injoignable ; nouvelle tentative.',
  },
)
