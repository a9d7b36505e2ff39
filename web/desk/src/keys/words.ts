import { words } from '../words/locale'

export const keyWords = words(
  {
    help: 'Keyboard shortcuts',
    helpHint: 'Plain letters work outside of text fields. Change any of them in the settings.',
    palette: 'Command palette',
    find: 'What would you like to do?',
    none: 'Nothing matches.',
    general: 'General',
    goTo: (page: string) => `Go to ${page}`,
    openWork: (who: string) => `Open ${who}`,
  },
  {
    help: 'Raccourcis clavier',
    helpHint: 'Les lettres seules agissent hors des champs de texte. Chacune se change dans les réglages.',
    palette: 'Palette de commandes',
    find: 'Que voulez-vous faire ?',
    none: 'Aucun résultat.',
    general: 'Général',
    goTo: (page: string) => `Aller à ${page}`,
    openWork: (who: string) => `Ouvrir ${who}`,
  },
)
