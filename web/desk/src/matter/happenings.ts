/** What a timeline entry says happened (`projections/customer_history`), in a person's words. */
import type { TimelineEntry } from '../api/schema'
import { fullTime, words } from '../words/locale'

const said = words(
  {
    contact_started: (detail: string) => (detail ? `Contact through ${detail}` : 'Contact'),
    contact_closed: () => 'Contact closed',
    recognised: () => 'Customer recognised',
    registered: () => 'Customer registered',
    identified: () => 'Customer identified',
    contact_point_linked: (detail: string) => `Address added (${detail})`,
    fact_recorded: (detail: string) => `Fact recorded: ${detail}`,
    consent_given: (detail: string) => `Consent given: ${detail}`,
    consent_withdrawn: (detail: string) => `Consent withdrawn: ${detail}`,
    merged: () => 'Customers merged',
    unmerged: () => 'Customers separated',
    connected: () => 'Took it',
    transferred: (detail: string) => (detail ? `Transferred to ${detail}` : 'Passed on'),
    given_up: () => 'Gave it back',
    interrupted: (detail: string) => `Interrupted: ${detail}`,
    callback_requested: (detail: string) => `Callback asked for ${detail ? fullTime(detail) : ''}`,
    callback_offered: () => 'Callback offered',
    sent_to_voicemail: () => 'Sent to voicemail',
    expired: () => 'Expired',
    abandoned: (detail: string) => `Hung up after ${detail} s`,
    completed: (detail: string) => `Finished: ${detail}`,
    delivered: (detail: string) => `Delivered (${detail})`,
    delivery_deferred: () => 'Delivery delayed',
    delivery_failed: () => 'Delivery failed',
    bounced: () => 'Mail came back',
    ticket_opened: (detail: string) => `Ticket ${detail} opened`,
    ticket_handed_over: (detail: string) => `Handed over to ${detail}`,
    ticket_awaiting_customer: () => 'Waiting for the customer',
    ticket_resolved: () => 'Resolved',
    ticket_reopened: () => 'Reopened',
    ticket_closed: () => 'Ticket closed',
    rated: (detail: string) => `Rated: ${detail}`,
  },
  {
    contact_started: (detail: string) => (detail ? `Contact par ${detail}` : 'Contact'),
    contact_closed: () => 'Contact clos',
    recognised: () => 'Client reconnu',
    registered: () => 'Client enregistré',
    identified: () => 'Client identifié',
    contact_point_linked: (detail: string) => `Coordonnée ajoutée (${detail})`,
    fact_recorded: (detail: string) => `Fait enregistré : ${detail}`,
    consent_given: (detail: string) => `Consentement donné : ${detail}`,
    consent_withdrawn: (detail: string) => `Consentement retiré : ${detail}`,
    merged: () => 'Clients fusionnés',
    unmerged: () => 'Clients séparés',
    connected: () => 'Pris en charge',
    transferred: (detail: string) => (detail ? `Transféré à ${detail}` : 'Transmis'),
    given_up: () => 'Rendu',
    interrupted: (detail: string) => `Interrompu : ${detail}`,
    callback_requested: (detail: string) => `Rappel demandé ${detail ? fullTime(detail) : ''}`,
    callback_offered: () => 'Rappel proposé',
    sent_to_voicemail: () => 'Vers la messagerie',
    expired: () => 'Expiré',
    abandoned: (detail: string) => `A raccroché après ${detail} s`,
    completed: (detail: string) => `Terminé : ${detail}`,
    delivered: (detail: string) => `Remis (${detail})`,
    delivery_deferred: () => 'Remise retardée',
    delivery_failed: () => 'Échec de la remise',
    bounced: () => 'Courrier revenu',
    ticket_opened: (detail: string) => `Dossier ${detail} ouvert`,
    ticket_handed_over: (detail: string) => `Transmis à ${detail}`,
    ticket_awaiting_customer: () => 'En attente du client',
    ticket_resolved: () => 'Réglé',
    ticket_reopened: () => 'Rouvert',
    ticket_closed: () => 'Dossier clos',
    rated: (detail: string) => `Noté : ${detail}`,
  },
)

/** What somebody said: shown in full; everything else is one line. */
export const SAID = new Set(['message_received', 'message_sent', 'note'])

const FAULTS = new Set(['delivery_failed', 'bounced', 'interrupted', 'delivery_deferred'])
export const isFault = (entry: TimelineEntry): boolean => FAULTS.has(entry.what)

export function happened(entry: TimelineEntry): string {
  const known = said() as Record<string, (detail: string) => string>
  const tell = known[entry.what]
  if (tell) return tell(entry.detail)
  const plain = entry.what.replaceAll('_', ' ')
  return entry.detail ? `${plain}: ${entry.detail}` : plain
}
