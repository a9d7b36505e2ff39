import { words } from '../words/locale'

export const signInWords = words(
  {
    title: 'Sign in',
    again: 'Sign in again',
    expired: 'Your session has ended. Sign in and go on where you were; nothing you wrote is lost.',
    name: 'Name',
    password: 'Password',
    show: 'Show password',
    hide: 'Hide password',
    wrong: 'Name or password is wrong.',
    product: 'Trunkline',
    welcome: 'Your desk for every call, message and mail.',
    other: 'Sign in as somebody else',
    language: 'Language',
  },
  {
    title: 'Se connecter',
    again: 'Se reconnecter',
    expired:
      'Votre session est terminée. Reconnectez-vous et reprenez où vous étiez ; rien de ce que vous avez écrit n’est perdu.',
    name: 'Nom',
    password: 'Mot de passe',
    show: 'Afficher le mot de passe',
    hide: 'Masquer le mot de passe',
    wrong: 'Le nom ou le mot de passe est incorrect.',
    product: 'Trunkline',
    welcome: 'Votre poste pour chaque appel, message et courrier.',
    other: 'Se connecter sous un autre nom',
    language: 'Langue',
  },
)
