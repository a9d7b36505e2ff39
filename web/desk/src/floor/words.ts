import { number, span, words } from '../words/locale'

/** Words that several pages of those who lead say. */
export const floorWords = words(
  {
    project: 'Project',
    ready: 'Ready',
    not_ready: 'Not ready',
    not_responding: 'Not responding',
    signed_out: 'Off shift',
    retired: 'No longer an agent',
    offered: 'Ringing',
    accepted: 'Accepted',
    connected: 'In contact',
    wrap_up: 'Wrap-up',
    consulted: 'Consulted',
    waiting: 'Waiting',
    agent: 'Agent',
    site: 'Site',
    queue: 'Queue',
    channel: 'Channel',
    everybody: 'Everybody',
    profile: (name: string) => `Profile ${name}`,
    account: 'An account',
    system: 'The system',
    reason: 'Reason',
    since: (time: string) => `since ${time}`,
    noProjects: 'You lead no project yet; an administrator can give you the role.',
    alerts: 'Alerts',
    raised: (alert: string) => `Alert: ${alert}`,
    cleared: (alert: string) => `Over: ${alert}`,
    above: (figure: string) => `above ${figure}`,
    below: (figure: string) => `below ${figure}`,
    acknowledge: 'I see to it',
    acknowledgeOf: (alert: string) => `I see to it: ${alert}`,
    seenTo: (who: string) => `${who} sees to it`,
    messageFrom: (who: string, text: string) => `${who}: ${text}`,
  },
  {
    project: 'Projet',
    ready: 'Disponible',
    not_ready: 'Indisponible',
    not_responding: 'Sans réponse',
    signed_out: 'Hors service',
    retired: 'N’est plus agent',
    offered: 'Sonne',
    accepted: 'Accepté',
    connected: 'En contact',
    wrap_up: 'Après-contact',
    consulted: 'Consulté',
    waiting: 'En attente',
    agent: 'Agent',
    site: 'Site',
    queue: 'File',
    channel: 'Canal',
    everybody: 'Tout le monde',
    profile: (name: string) => `Profil ${name}`,
    account: 'Un compte',
    system: 'Le système',
    reason: 'Motif',
    since: (time: string) => `depuis ${time}`,
    noProjects: 'Vous ne dirigez encore aucun projet ; un administrateur peut vous en donner le rôle.',
    alerts: 'Alertes',
    raised: (alert: string) => `Alerte : ${alert}`,
    cleared: (alert: string) => `Terminée : ${alert}`,
    above: (figure: string) => `au-dessus de ${figure}`,
    below: (figure: string) => `en dessous de ${figure}`,
    acknowledge: 'Je m’en occupe',
    acknowledgeOf: (alert: string) => `Je m’en occupe : ${alert}`,
    seenTo: (who: string) => `${who} s’en occupe`,
    messageFrom: (who: string, text: string) => `${who} : ${text}`,
  },
)

const metrics = words(
  {
    service_level: 'Service level',
    speed_of_answer: 'Speed of answer',
    abandon_share: 'Abandoned',
    longest_wait: 'Longest wait',
    waiting: 'Waiting',
    ready_agents: 'Ready agents',
    in_contact: 'In contact',
    rating: 'Rating',
  },
  {
    service_level: 'Niveau de service',
    speed_of_answer: 'Délai de réponse',
    abandon_share: 'Abandons',
    longest_wait: 'Plus longue attente',
    waiting: 'En attente',
    ready_agents: 'Agents disponibles',
    in_contact: 'En contact',
    rating: 'Note',
  },
)

const presences = new Set(['ready', 'not_ready', 'not_responding', 'signed_out', 'retired'])
const standings = new Set(['offered', 'accepted', 'connected', 'wrap_up', 'consulted'])
type Named = ReturnType<typeof floorWords>

export const metricName = (metric: string): string => (metrics() as Record<string, string>)[metric] ?? metric

export function presenceName(presence: string): string {
  return presences.has(presence) ? String(floorWords()[presence as keyof Named]) : presence
}

export function standingName(status: string): string {
  return standings.has(status) ? String(floorWords()[status as keyof Named]) : status
}

/** A name of the documents, as people read it: `long_wait` is long wait. */
export const plain = (name: string): string => name.replaceAll('_', ' ')

/** A figure in its unit: `82 %`, `1:07`, `4.2`; a dash for nothing to measure. */
export function figure(value: number | null, unit: string): string {
  if (value === null) return '–'
  if (unit === 'share') return `${number(Math.round(value * 1000) / 10)} %`
  if (unit === 'seconds') return length(value)
  return number(Math.round(value * 100) / 100)
}

/** A length of time as a running clock, and in words from a day on. */
export function length(seconds: number): string {
  if (seconds >= 86_400) return span(seconds)
  const whole = Math.max(0, Math.round(seconds))
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const tail = `${h ? String(m).padStart(2, '0') : m}:${String(s).padStart(2, '0')}`
  return h ? `${h}:${tail}` : tail
}

const UNITS: Record<string, string> = {
  service_level: 'share',
  abandon_share: 'share',
  speed_of_answer: 'seconds',
  longest_wait: 'seconds',
}
/** The unit of a metric, where only its name is told. */
export const unitOf = (metric: string): string => UNITS[metric] ?? 'number'

/** Metrics of which less is worse, as `domain/centre/wallboard.py` has them. */
export const moreIsBetter = (metric: string): boolean =>
  metric === 'service_level' || metric === 'ready_agents' || metric === 'rating'
