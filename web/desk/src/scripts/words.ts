import { words } from '../words/locale'

export const scriptWords = words(
  {
    title: 'Script',
    focus: 'Go to the script',
    which: 'Which script',
    say: 'Say',
    hint: 'For you alone',
    answer: 'What the customer said',
    next: 'Next',
    back: 'One step back',
    ended: 'The script has come to its end.',
    path: 'Answered so far',
    written: 'written down',
  },
  {
    title: 'Script',
    focus: 'Aller au script',
    which: 'Quel script',
    say: 'À dire',
    hint: 'Pour vous seul',
    answer: 'Ce que le client a dit',
    next: 'Suivant',
    back: 'Une étape en arrière',
    ended: 'Le script est terminé.',
    path: 'Réponses jusqu’ici',
    written: 'noté',
  },
)
