import { words } from '../../words/locale'

export const eventWords = words(
  {
    behind: (title: string) => `Events behind: ${title}`,
    hint: 'As the log has them, from the beginning of the span on. Personal words are not shown here.',
    none: 'No events yet.',
    when: 'When',
    what: 'What',
    where: 'Channel and queue',
    who: 'Agent',
    why: 'Reason',
    position: 'Position',
  },
  {
    behind: (title: string) => `Événements derrière : ${title}`,
    hint: 'Tels que le journal les garde, depuis le début de l’intervalle. Les propos personnels n’y figurent pas.',
    none: 'Aucun événement pour l’instant.',
    when: 'Quand',
    what: 'Quoi',
    where: 'Canal et file',
    who: 'Agent',
    why: 'Motif',
    position: 'Position',
  },
)

const names = words(
  {
    'interaction.queued': 'Queued',
    'interaction.agent_connected': 'Answered',
    'interaction.abandoned': 'Customer left',
    'interaction.sent_to_voicemail': 'Went to voicemail',
    'interaction.work_expired': 'Expired',
    'interaction.offered': 'Offered',
    'interaction.offer_rescinded': 'Offer taken back',
    'interaction.transferred': 'Transferred',
    'agent.signed_in': 'Signed in',
    'agent.became_ready': 'Became ready',
    'agent.became_not_ready': 'Became not ready',
    'agent.channel_paused': 'Paused a channel',
    'agent.channel_resumed': 'Took a channel again',
    'agent.stopped_responding': 'Stopped responding',
    'agent.signed_out': 'Signed out',
    'ticket.service_rated': 'Rated',
    'centre.site_went_down': 'Site declared down',
    'centre.site_came_back': 'Site back',
  },
  {
    'interaction.queued': 'Mis en file',
    'interaction.agent_connected': 'Répondu',
    'interaction.abandoned': 'Client parti',
    'interaction.sent_to_voicemail': 'Vers la messagerie',
    'interaction.work_expired': 'Expiré',
    'interaction.offered': 'Proposé',
    'interaction.offer_rescinded': 'Proposition retirée',
    'interaction.transferred': 'Transféré',
    'agent.signed_in': 'Service commencé',
    'agent.became_ready': 'Devenu disponible',
    'agent.became_not_ready': 'Devenu indisponible',
    'agent.channel_paused': 'Canal mis en pause',
    'agent.channel_resumed': 'Canal repris',
    'agent.stopped_responding': 'Ne répond plus',
    'agent.signed_out': 'Service terminé',
    'ticket.service_rated': 'Noté',
    'centre.site_went_down': 'Site déclaré en panne',
    'centre.site_came_back': 'Site rétabli',
  },
)

/** An event's name in words; its name in the log where there are none. */
export function eventName(type: string): string {
  const known = names() as Record<string, string>
  const bare = type.replace(/\.v\d+$/, '')
  return known[bare] ?? bare
}

/** Why work was queued, as `domain/interaction/waiting_events.py` names it; other reasons are somebody's own words. */
const reasons = words(
  {
    new: 'new',
    transferred: 'transferred',
    agent_left: 'agent left',
    connect_failed: 'could not be connected',
    silent: 'no answer from the agent',
    site_down: 'site down',
    interrupted: 'call broke off',
    dialled: 'dialled',
  },
  {
    new: 'nouveau',
    transferred: 'transféré',
    agent_left: 'agent parti',
    connect_failed: 'pas de connexion',
    silent: 'agent sans réponse',
    site_down: 'site en panne',
    interrupted: 'appel coupé',
    dialled: 'composé',
  },
)

export const reasonName = (reason: string): string => (reasons() as Record<string, string>)[reason] ?? reason
