import { words } from '../words/locale'

export const meetingWords = words(
  {
    meeting: 'Meeting',
    REQUEST: 'Invitation',
    CANCEL: 'Meeting called off',
    REPLY: 'Answer to an invitation',
    COUNTER: 'Another time proposed',
    DECLINECOUNTER: 'Proposed time declined',
    until: (begins: string, ends: string) => `${begins} – ${ends}`,
    from: (name: string) => `from ${name}`,
    repeats: 'repeats',
    untitled: 'without a title',
    answered: 'Shown only: nobody has accepted it. Answer in words.',
  },
  {
    meeting: 'Rendez-vous',
    REQUEST: 'Invitation',
    CANCEL: 'Rendez-vous annulé',
    REPLY: 'Réponse à une invitation',
    COUNTER: 'Autre moment proposé',
    DECLINECOUNTER: 'Moment proposé refusé',
    until: (begins: string, ends: string) => `${begins} – ${ends}`,
    from: (name: string) => `de ${name}`,
    repeats: 'se répète',
    untitled: 'sans titre',
    answered: 'Affichée seulement : personne ne l’a acceptée. Répondez par écrit.',
  },
)
