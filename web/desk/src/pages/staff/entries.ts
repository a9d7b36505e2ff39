/** Agents' entries in the centres' documents: what they can do, and until when that is certified. */
import { desk } from '../../agent/state'
import { change, current, type Subject } from '../../floor/documents'

export interface Entry {
  name: string
  site: string
  skills: Record<string, number>
  certified_until: Record<string, string>
}

interface CentreDocument {
  skills: Record<string, { title: string }>
  agents: Record<string, Entry>
}

export interface Roster {
  agents: Record<string, { entry: Entry; centre: string }>
  skills: Record<string, string>
}

/** Everybody of the centres' documents, by id. */
export async function roster(): Promise<Roster> {
  const found: Roster = { agents: {}, skills: {} }
  for (const centre of Object.keys(desk.value?.centres ?? {})) {
    const document = (await current({ kind: 'centre', name: centre })).document as unknown as CentreDocument
    for (const [id, entry] of Object.entries(document.agents)) found.agents[id] = { entry, centre }
    for (const [name, { title }] of Object.entries(document.skills)) found.skills[name] = title
  }
  return found
}

/** Put an agent's skills on record, the rest of the entry as it stands. Raises `Problem`. */
export function setSkills(
  centre: string,
  agentId: string,
  skills: Record<string, number>,
  certified: Record<string, string>,
): Promise<void> {
  const subject: Subject = { kind: 'centre', name: centre }
  return change(subject, (document) => {
    const agents = document.agents as Record<string, Entry>
    const entry = { ...agents[agentId], skills, certified_until: certified }
    return { ...document, agents: { ...agents, [agentId]: entry } }
  })
}
