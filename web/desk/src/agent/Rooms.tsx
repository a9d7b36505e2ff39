/** Room on each channel; each opens a menu to pause it alone, and to take it again. */
import { useState } from 'preact/hooks'
import type { AgentView } from '../api/schema'
import { useActions } from '../keys/actions'
import { channelIcon, Icon } from '../ui/Icon'
import { Menu, type MenuItem } from '../ui/Menu'
import { channelName } from '../ui/words'
import { locale } from '../words/locale'
import { pauseChannel, resumeChannel } from './doing'
import { channelReasons, reasonTitle } from './reasons'
import { agentWords } from './words'

type Channel = AgentView['channels'][string]

function told(channel: string, room: Channel): string {
  const w = agentWords()
  const name = channelName(channel)
  if (room.paused) return w.paused(name, reasonTitle(room.paused.reason))
  return w.room(name, room.held, room.concurrency, room.free)
}

function Room({ channel, room, view }: { channel: string; room: Channel; view: AgentView }) {
  const w = agentWords()
  const [opened, open] = useState(0)
  const name = channelName(channel)
  const shift = view.presence !== 'signed_out'
  const { paused } = room
  useActions(
    () => [
      {
        id: `channel.${channel}`,
        title: paused ? w.resume(name) : w.pause(name),
        group: w.presenceGroup,
        run: () => (paused ? void resumeChannel(channel) : open((n) => n + 1)),
      },
    ],
    [locale.value, channel, paused?.reason],
  )
  const look = paused ? 'room paused' : room.free > 0 && view.presence === 'ready' ? 'room open' : 'room'
  const items: MenuItem[] = [
    { key: 'take', text: w.take(name), checked: !paused, run: () => void resumeChannel(channel) },
    ...channelReasons().map((reason, at) => ({
      key: reason.name,
      text: `${w.pause(name)}: ${reason.title}`,
      checked: paused?.reason === reason.name,
      apart: at === 0,
      run: () => void pauseChannel(channel, reason.name),
    })),
  ]
  const label = (
    <>
      <Icon name={paused ? 'hold' : channelIcon(channel)} size={16} />
      <span>
        {room.held}/{room.concurrency}
      </span>
    </>
  )
  return (
    <li class={look} title={told(channel, room)}>
      {shift ? (
        <Menu class="right" name={told(channel, room)} opened={opened} label={label} items={items} />
      ) : (
        <>
          <span class="unseen">{told(channel, room)}</span>
          <span class="row" aria-hidden="true">
            {label}
          </span>
        </>
      )}
    </li>
  )
}

export function Rooms({ view }: { view: AgentView }) {
  return (
    <ul class="rooms" aria-label={agentWords().rooms}>
      {Object.entries(view.channels).map(([channel, room]) => (
        <Room key={channel} channel={channel} room={room} view={view} />
      ))}
    </ul>
  )
}
