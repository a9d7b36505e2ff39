import { words } from '../../words/locale'

export const boardWords = words(
  {
    interval: 'This interval',
    now: 'Right now',
    day: 'Today',
    from: (time: string) => `since ${time}`,
    asOf: (time: string, zone: string) => `As of ${time}, ${zone}`,
    target: (limit: string) => `Target ${limit}`,
    noTarget: 'No target',
    met: 'met',
    missed: 'missed',
    events: 'Events',
    eventsOf: (figure: string) => `Events behind ${figure}`,
    meaning: 'What it means',
    meaningOf: (figure: string) => `What ${figure} means`,
    formula: 'Formula:',
    queues: 'By queue',
    channels: 'By channel',
    sites: 'By site',
    agents: 'Agents of the pool',
    queue: 'Queue',
    longest: 'Longest wait',
    levelNow: 'Service level, interval',
    levelDay: 'Service level, today',
    abandonedDay: 'Abandoned, today',
    answerDay: 'Speed of answer, today',
    none: 'Nothing yet.',
    down: 'down',
  },
  {
    interval: 'Cet intervalle',
    now: 'En ce moment',
    day: 'Aujourd’hui',
    from: (time: string) => `depuis ${time}`,
    asOf: (time: string, zone: string) => `À ${time}, ${zone}`,
    target: (limit: string) => `Objectif ${limit}`,
    noTarget: 'Sans objectif',
    met: 'atteint',
    missed: 'manqué',
    events: 'Événements',
    eventsOf: (figure: string) => `Événements derrière ${figure}`,
    meaning: 'Définition',
    meaningOf: (figure: string) => `Définition de ${figure}`,
    formula: 'Formule :',
    queues: 'Par file',
    channels: 'Par canal',
    sites: 'Par site',
    agents: 'Agents du groupe',
    queue: 'File',
    longest: 'Plus longue attente',
    levelNow: 'Niveau de service, intervalle',
    levelDay: 'Niveau de service, jour',
    abandonedDay: 'Abandons, jour',
    answerDay: 'Délai de réponse, jour',
    none: 'Rien pour l’instant.',
    down: 'en panne',
  },
)

const definitions = words(
  {
    service_level: '',
    speed_of_answer: '',
    abandon_share: '',
    longest_wait: '',
    waiting: '',
    ready_agents: '',
    in_contact: '',
    rating: '',
  },
  {
    service_level:
      'Parmi les contacts dont l’attente a commencé dans l’intervalle et est finie, la part qui a eu une réponse dans le délai visé par sa file. Ceux qui sont passés à la messagerie ou ont expiré ne comptent pas.',
    speed_of_answer:
      'Combien de temps ceux qui ont eu une réponse ont attendu en moyenne, depuis leur arrivée ; un rappel depuis l’heure prévue.',
    abandon_share:
      'Parmi les contacts dont l’attente a commencé dans l’intervalle et est finie, la part dont le client est parti avant.',
    longest_wait:
      'Depuis combien de temps attend le contact qui attend le plus, parmi ceux qui peuvent être traités maintenant.',
    waiting:
      'Contacts qui attendent un agent et peuvent être traités maintenant ; ce qui est prévu pour plus tard ne compte pas.',
    ready_agents: 'Agents du groupe disponibles pour travailler, quoi qu’ils aient en main.',
    in_contact: 'Contacts du projet qu’un agent a en main et n’a pas finis ; l’après-contact ne compte pas.',
    rating:
      'Comment les clients qui ont noté dans l’intervalle ont noté l’entreprise, en moyenne, de 1 (mauvais) à 5 (excellent).',
  },
)

const formulas = words(
  {
    service_level: '',
    speed_of_answer: '',
    abandon_share: '',
    longest_wait: '',
    waiting: '',
    ready_agents: '',
    in_contact: '',
    rating: '',
  },
  {
    service_level: 'réponses dans le délai / (réponses + abandons)',
    speed_of_answer: 'somme des attentes de ceux qui ont eu une réponse / réponses',
    abandon_share: 'abandons / (réponses + abandons)',
    longest_wait: 'maintenant - le moment le plus ancien depuis lequel un contact attend',
    waiting: 'nombre de contacts en attente dont l’heure est venue',
    ready_agents: 'nombre d’agents dans l’état disponible',
    in_contact: 'nombre de contacts où un agent est en relation',
    rating: 'somme des notes / nombre de notes',
  },
)

/** How a metric is reckoned: the server's own words, which are English, or their translation. */
export const formulaOf = (metric: string, told: string): string =>
  (formulas() as Record<string, string>)[metric] || told

/** What a metric means: the server's own words, which are English, or their translation. */
export const definitionOf = (metric: string, told: string): string =>
  (definitions() as Record<string, string>)[metric] || told
