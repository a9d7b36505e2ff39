import { useState } from 'preact/hooks'
import { now, secondsSince } from '../app/now'
import { useActions } from '../keys/actions'
import { channelIcon, Icon } from '../ui/Icon'
import { Menu, type MenuItem } from '../ui/Menu'
import { channelName } from '../ui/words'
import { clock, locale } from '../words/locale'
import { becomeNotReady, becomeReady, endShift } from './doing'
import { desk, myself } from './state'
import { agentWords } from './words'

const USUAL = ['break', 'lunch', 'meeting', 'training'] as const

/** The reasons to choose from: the centre's own, else a few usual ones in the desk's language. */
function reasons(): { name: string; title: string }[] {
  const w = agentWords()
  const own = desk.value?.not_ready ?? []
  return own.length ? [...own] : USUAL.map((name) => ({ name, title: w[name] }))
}

function stateName(): string {
  const w = agentWords()
  const view = myself.value
  if (!view) return ''
  if (view.presence !== 'not_ready' || !view.reason) return w[view.presence]
  return reasons().find((one) => one.name === view.reason)?.title ?? view.reason
}

function Rooms() {
  const w = agentWords()
  const channels = Object.entries(myself.value?.channels ?? {})
  return (
    <ul class="rooms" aria-label={w.rooms}>
      {channels.map(([channel, room]) => (
        <li
          key={channel}
          class={room.free > 0 && myself.value?.presence === 'ready' ? 'room open' : 'room'}
          title={w.room(channelName(channel), room.held, room.concurrency, room.free)}
        >
          <Icon name={channelIcon(channel)} size={16} />
          <span aria-hidden="true">
            {room.held}/{room.concurrency}
          </span>
          <span class="unseen">{w.room(channelName(channel), room.held, room.concurrency, room.free)}</span>
        </li>
      ))}
    </ul>
  )
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
      <Rooms />
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
