import { span, words } from '../words/locale'

/** Words that several places of the desk say. */
export const common = words(
  {
    close: 'Close',
    cancel: 'Cancel',
    save: 'Save',
    again: 'Try again',
    loading: 'Loading…',
    more: 'Show more',
    nothing: 'Nothing here yet.',
    noName: 'Unknown customer',
    ago: (seconds: number) => (seconds < 10 ? 'just now' : `${span(seconds)} ago`),
    email: 'E-mail',
    sms: 'Text message',
    voice: 'Call',
    callback: 'Callback',
    chat: 'Chat',
    open: 'Open',
    awaiting_customer: 'Waiting for customer',
    resolved: 'Resolved',
    closed: 'Closed',
    optional: 'optional',
    offline: 'The server cannot be reached.',
  },
  {
    close: 'Fermer',
    cancel: 'Annuler',
    save: 'Enregistrer',
    again: 'Réessayer',
    loading: 'Chargement…',
    more: 'Afficher la suite',
    nothing: 'Rien pour l’instant.',
    noName: 'Client inconnu',
    ago: (seconds: number) => (seconds < 10 ? 'à l’instant' : `il y a ${span(seconds)}`),
    email: 'E-mail',
    sms: 'SMS',
    voice: 'Appel',
    callback: 'Rappel',
    chat: 'Discussion',
    open: 'Ouvert',
    awaiting_customer: 'En attente du client',
    resolved: 'Résolu',
    closed: 'Clos',
    optional: 'facultatif',
    offline: 'Le serveur est injoignable.',
  },
)

export function channelName(channel: string): string {
  const w = common()
  const known: Record<string, string> = {
    email: w.email,
    sms: w.sms,
    voice: w.voice,
    callback: w.callback,
    chat: w.chat,
  }
  return known[channel] ?? channel
}

export function ticketStatus(status: string): string {
  const w = common()
  const known: Record<string, string> = {
    open: w.open,
    awaiting_customer: w.awaiting_customer,
    resolved: w.resolved,
    closed: w.closed,
  }
  return known[status] ?? status
}
