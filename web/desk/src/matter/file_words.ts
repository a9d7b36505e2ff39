import { bytes, plural, words } from '../words/locale'

export const fileWords = words(
  {
    add: 'Add files',
    files: 'Files that go along',
    remove: (name: string) => `Take ${name} away`,
    adding: 'being added…',
    stillAdding: 'Files are still being added; the reply can go out once they are there.',
    drop: 'Drop files here to send them along',
    empty: (name: string) => `${name} is empty; choose another file or leave it out.`,
    tooMany: (most: number) =>
      `At most ${plural(most, '1 file goes', `${most} files go`)} along with one reply; take some away.`,
    tooLarge: (most: number) => `The files of one reply may have ${bytes(most)} together.`,
    cannotGo: 'This way carries no files: take them away, or answer by mail.',
  },
  {
    add: 'Joindre des fichiers',
    files: 'Fichiers joints',
    remove: (name: string) => `Retirer ${name}`,
    adding: 'ajout en cours…',
    stillAdding: 'Des fichiers sont encore en cours d’ajout ; la réponse pourra partir dès qu’ils seront là.',
    drop: 'Déposez ici des fichiers à joindre',
    empty: (name: string) => `${name} est vide ; choisissez un autre fichier ou retirez-le.`,
    tooMany: (most: number) =>
      `Au plus ${plural(most, '1 fichier accompagne', `${most} fichiers accompagnent`)} une réponse ; retirez-en.`,
    tooLarge: (most: number) => `Les fichiers d’une réponse peuvent faire ${bytes(most)} ensemble.`,
    cannotGo: 'Cette voie ne transporte pas de fichiers : retirez-les ou répondez par courrier.',
  },
)
