import { words } from '../../words/locale'

export const settingsWords = words(
  {
    title: 'Settings',
    language: 'Language',
    theme: 'Colours',
    theme_system: 'As the system',
    theme_light: 'Light',
    theme_dark: 'Dark',
    offers: 'Offers',
    sound: 'Play a sound',
    notify: 'Show a notification while the desk is in the background',
    denied: 'The browser does not allow notifications for this page; its own settings can change that.',
    try: 'Try the sound',
    keys: 'Keys',
    keysHint:
      'Choose an action, then press the new key. A key that another action has moves over. Backspace takes the key away.',
    press: 'Press a key…',
    noKey: 'none',
    change: (action: string, keys: string) => `${action}: ${keys}. Change`,
    reset: 'Back to the usual keys',
  },
  {
    title: 'Réglages',
    language: 'Langue',
    theme: 'Couleurs',
    theme_system: 'Comme le système',
    theme_light: 'Clair',
    theme_dark: 'Sombre',
    offers: 'Propositions',
    sound: 'Jouer un son',
    notify: 'Afficher une notification quand le poste est en arrière-plan',
    denied: 'Le navigateur n’autorise pas les notifications de cette page ; ses propres réglages le permettent.',
    try: 'Essayer le son',
    keys: 'Touches',
    keysHint:
      'Choisissez une action, puis appuyez sur la nouvelle touche. Une touche déjà prise change d’action. Retour arrière enlève la touche.',
    press: 'Appuyez sur une touche…',
    noKey: 'aucune',
    change: (action: string, keys: string) => `${action} : ${keys}. Modifier`,
    reset: 'Revenir aux touches habituelles',
  },
)
