import { useState } from 'preact/hooks'
import { now, secondsSince } from '../app/now'
import { useActions } from '../keys/actions'
import { Icon } from '../ui/Icon'
import { Menu, type MenuItem } from '../ui/Menu'
import { clock, locale } from '../words/locale'
import { becomeNotReady, becomeReady, endShift } from './doing'
import { Rooms } from './Rooms'
import { reasons, reasonTitle } from './reasons'
import { desk, myself } from './state'
import { agentWords } from './words'

function stateName(): string {
  const w = agentWords()
  const view = myself.value
  if (!view) return ''
  if (view.presence !== 'not_ready' || !view.reason) return w[view.presence]
  return reasonTitle(view.reason)
}

export function Presence() {
  const w = agentWords()
  const [opened, open] = useState(0)
  useActions(
    () => [
      { id: 'presence.ready', run: () => void becomeReady() },
      { id: 'presence.menu', run: () => open((n) => n + 1) },
      ...reasons().map((reason) => ({
        id: `presence.${reason.name}`,
        title: `${w.not_ready}: ${reason.title}`,
        group: w.presenceGroup,
        run: () => void becomeNotReady(reason.name),
      })),
      { id: 'presence.end', run: () => void endShift() },
    ],
    [locale.value, desk.value],
  )
  const view = myself.value
  if (!view) return null
  const shift = view.presence !== 'signed_out'
  const items: MenuItem[] = [
    { key: 'ready', text: w.ready, checked: view.presence === 'ready', run: () => void becomeReady() },
    ...reasons().map((reason, at) => ({
      key: reason.name,
      text: reason.title,
      checked: view.presence === 'not_ready' && view.reason === reason.name,
      apart: at === 0,
      run: () => void becomeNotReady(reason.name),
    })),
    ...(shift ? [{ key: 'end', text: w.endShift, apart: true, run: () => void endShift() }] : []),
  ]
  const seconds = now.value && secondsSince(view.since)
  return (
    <div class="presence">
      {view.site_down && (
        <span class="badge bad" role="status">
          {w.siteDown}
        </span>
      )}
      <Rooms view={view} />
      <Menu
        class={`right presence-${view.presence}`}
        name={`${w.presence}: ${stateName()}`}
        opened={opened}
        label={
          <>
            <span class="dot" aria-hidden="true" />
            <span>{stateName()}</span>
            {shift && <span class="soft figures">{clock(seconds)}</span>}
            <Icon name="chevron" size={14} />
          </>
        }
        items={items}
      />
    </div>
  )
}
