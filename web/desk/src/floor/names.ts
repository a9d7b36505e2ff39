/** Who somebody is, by how the log and the messages name them. */
import { desk, nameOf } from '../agent/state'
import { floorWords } from './words'

/** `agent:anna`, `account:…`, `site:paris`, `profile:mixed`, `everyone`, `system:router`: as people call them. */
export function whoIs(address: string): string {
  const w = floorWords()
  const [kind, name = ''] = address.split(/:(.*)/s)
  if (kind === 'agent') return nameOf(name)
  if (kind === 'account') return desk.value?.accounts[name] ?? w.account
  if (kind === 'site') return desk.value?.sites[name] ?? name
  if (kind === 'profile') return w.profile(name)
  if (kind === 'system') return w.system
  return address === 'everyone' ? w.everybody : address
}

export const siteTitle = (site: string): string => desk.value?.sites[site] ?? site
