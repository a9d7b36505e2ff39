/** The router's strategies and rules (`router/strategies.py`, `router/rules.py`) in a person's words. */
import { words } from '../words/locale'

const strategies = words(
  {
    longest_idle: (idle: string) =>
      idle ? `You have been free the longest: ${idle}.` : 'You have been free the longest.',
    most_spare: () => 'You have the most room left.',
    most_spare_share: () => 'You have the largest share of room left.',
    least_occupied: () => 'You have been the least occupied.',
    most_skilled: () => 'You have the highest skill for it.',
    least_skilled: () => 'Your skill is enough; higher ones are kept free.',
    round_robin: () => 'It was your turn.',
  },
  {
    longest_idle: (idle: string) =>
      idle ? `Vous êtes libre depuis le plus longtemps : ${idle}.` : 'Vous êtes libre depuis le plus longtemps.',
    most_spare: () => 'Vous avez le plus de place.',
    most_spare_share: () => 'Vous avez la plus grande part de place.',
    least_occupied: () => 'Vous avez été le moins occupé.',
    most_skilled: () => 'Votre compétence est la plus haute.',
    least_skilled: () => 'Votre compétence suffit ; de plus hautes restent libres.',
    round_robin: () => 'C’était votre tour.',
  },
)

const rules = words(
  {
    state: 'not ready',
    site: 'site down',
    channel: 'not on this channel, or paused it',
    queue: 'not in this queue',
    ring: 'in a later ring',
    sites: 'at another site',
    skill: 'skill too low',
    language: 'other language',
    excluded: 'excluded',
    preferred: 'kept for somebody else',
    concurrency: 'channel full',
    capacity: 'no room',
    delay: 'sees it later',
    ringing: 'rings already',
    tried: 'asked before',
  },
  {
    state: 'indisponible',
    site: 'site en panne',
    channel: 'pas sur ce canal, ou en pause',
    queue: 'pas dans cette file',
    ring: 'dans un cercle suivant',
    sites: 'sur un autre site',
    skill: 'compétence trop basse',
    language: 'autre langue',
    excluded: 'exclu',
    preferred: 'réservé à quelqu’un d’autre',
    concurrency: 'canal complet',
    capacity: 'pas de place',
    delay: 'le voit plus tard',
    ringing: 'sonne déjà',
    tried: 'déjà sollicité',
  },
)

export function strategyWords(strategy: string, idle: string): string {
  const known = strategies() as Record<string, (idle: string) => string>
  return (known[strategy] ?? known.longest_idle)?.(idle) ?? strategy
}

export const ruleName = (rule: string): string => (rules() as Record<string, string>)[rule] ?? rule
