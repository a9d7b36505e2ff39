/** Everybody on the floor: where they are, since when and why, what is in hand, and what to do about it. */
import { useState } from 'preact/hooks'
import { reasonTitle } from '../../agent/reasons'
import { desk } from '../../agent/state'
import type { AgentView } from '../../api/schema'
import { now, secondsSince } from '../../app/now'
import { siteTitle } from '../../floor/names'
import { floorWords, length, presenceName } from '../../floor/words'
import { Dialog } from '../../ui/Dialog'
import { channelIcon, Icon } from '../../ui/Icon'
import { Menu, type MenuItem } from '../../ui/Menu'
import { channelName, common } from '../../ui/words'
import { fullTime } from '../../words/locale'
import { Compose } from '../messages/Compose'
import { Channels } from './Channels'
import { Force, possible, type State, stateWord } from './Force'
import { Person } from './Person'
import { matching, usePeople, type Wanted } from './people'
import { peopleWords } from './words'

/** Rows on the page at once. */
const MOST = 100
const STATES = ['ready', 'not_ready', 'not_responding', 'signed_out']

export type Doing = { agent: AgentView; what: State | 'message' | 'channels' }

/** The channels that somebody takes nothing by, and why. */
function Paused({ agent }: { agent: AgentView }) {
  const w = peopleWords()
  return (
    <>
      {Object.entries(agent.channels).map(
        ([channel, room]) =>
          room.paused && (
            <span key={channel} class="badge warm" title={fullTime(room.paused.since)}>
              {w.without(channelName(channel), reasonTitle(room.paused.reason))}
            </span>
          ),
      )}
    </>
  )
}

function InHand({ agent }: { agent: AgentView }) {
  if (agent.work.length === 0) return <span class="soft">{peopleWords().nothing}</span>
  return (
    <span class="row">
      {agent.work.map((item) => (
        <span key={item.work_id} class={`channel-${item.channel}`} title={channelName(item.channel)}>
          <span class="channel small">
            <Icon name={channelIcon(item.channel)} size={14} />
            <span class="unseen">{channelName(item.channel)}</span>
          </span>
        </span>
      ))}
    </span>
  )
}

interface RowProps {
  agent: AgentView
  open: boolean
  toggle: () => void
  act: (doing: Doing) => void
  again: () => void
}

function Row({ agent, open, toggle, act, again }: RowProps) {
  const w = peopleWords()
  const items: MenuItem[] = [
    ...possible(agent).map((what) => ({ key: what, text: stateWord(what), run: () => act({ agent, what }) })),
    ...(agent.presence !== 'signed_out' && Object.keys(agent.channels).length
      ? [{ key: 'channels', text: w.channels, run: () => act({ agent, what: 'channels' as const }) }]
      : []),
    {
      key: 'message',
      text: w.message,
      apart: agent.presence !== 'signed_out',
      run: () => act({ agent, what: 'message' }),
    },
  ]
  return (
    <>
      <tr>
        <th scope="row">
          <button type="button" class="link" aria-expanded={open} onClick={toggle}>
            <bdi>{agent.name}</bdi>
          </button>
        </th>
        <td class="aside">
          {siteTitle(agent.site)} {agent.site_down && <Icon name="warning" size={14} />}
        </td>
        <td class={`presence-${agent.presence}`}>
          <span class="together">
            <span class="dot" aria-hidden="true" /> {presenceName(agent.presence)}
          </span>
          {agent.reason && <span class="soft"> · {reasonTitle(agent.reason)}</span>} <Paused agent={agent} />
        </td>
        <td class="figures right" title={fullTime(agent.since)}>
          {agent.presence !== 'signed_out' && now.value && length(secondsSince(agent.since))}
        </td>
        <td>
          <InHand agent={agent} />
        </td>
        <td class="right">
          <Menu class="right" name={w.act(agent.name)} label={<Icon name="more" />} items={items} />
        </td>
      </tr>
      {open && (
        <tr>
          <td colspan={6}>
            <Person agent={agent} again={again} />
          </td>
        </tr>
      )}
    </>
  )
}

function Filter({ wanted, want }: { wanted: Wanted; want: (wanted: Wanted) => void }) {
  const w = peopleWords()
  return (
    <search class="row filter">
      <label class="grow">
        <span class="unseen">{w.find}</span>
        <input
          type="search"
          placeholder={w.find}
          value={wanted.name}
          onInput={(event) => want({ ...wanted, name: event.currentTarget.value })}
        />
      </label>
      <label>
        <span class="unseen">{floorWords().site}</span>
        <select value={wanted.site} onChange={(event) => want({ ...wanted, site: event.currentTarget.value })}>
          <option value="">{w.anySite}</option>
          {Object.entries(desk.value?.sites ?? {}).map(([name, title]) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="unseen">{w.state}</span>
        <select value={wanted.state} onChange={(event) => want({ ...wanted, state: event.currentTarget.value })}>
          <option value="">{w.anyState}</option>
          {STATES.map((state) => (
            <option key={state} value={state}>
              {presenceName(state)}
            </option>
          ))}
        </select>
      </label>
    </search>
  )
}

function Acting({ doing, close, again }: { doing: Doing; close: () => void; again: () => void }) {
  const { agent, what } = doing
  if (what === 'channels') return <Channels agent={agent} close={close} after={again} />
  if (what !== 'message') return <Force agent={agent} state={what} close={close} after={again} />
  return (
    <Dialog title={peopleWords().messageTo(agent.name)} close={close}>
      <Compose to={`agent:${agent.agent_id}`} sent={close} />
    </Dialog>
  )
}

export function People() {
  const w = peopleWords()
  const [people, again] = usePeople()
  const [wanted, want] = useState<Wanted>({ name: '', site: '', state: '' })
  const [opened, open] = useState('')
  const [doing, act] = useState<Doing | null>(null)
  const found = matching(people ?? [], wanted)
  return (
    <section class="panel people">
      <h2>{w.people}</h2>
      <Filter wanted={wanted} want={want} />
      {people === null && <p class="soft">{common().loading}</p>}
      {people && found.length === 0 && <p class="soft">{w.noPeople}</p>}
      {found.length > 0 && (
        <section class="table-frame" aria-label={w.people} tabindex={0}>
          <table class="table">
            <thead>
              <tr>
                <th scope="col">{floorWords().agent}</th>
                <th scope="col" class="aside">
                  {floorWords().site}
                </th>
                <th scope="col" colspan={2}>
                  {w.state}
                </th>
                <th scope="col">{w.inHand}</th>
                <th scope="col">
                  <span class="unseen">{w.act('')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {found.slice(0, MOST).map((agent) => (
                <Row
                  key={agent.agent_id}
                  agent={agent}
                  open={opened === agent.agent_id}
                  toggle={() => open(opened === agent.agent_id ? '' : agent.agent_id)}
                  act={act}
                  again={again}
                />
              ))}
            </tbody>
          </table>
        </section>
      )}
      {found.length > MOST && <p class="soft">{w.more(found.length - MOST)}</p>}
      {doing && <Acting doing={doing} close={() => act(null)} again={again} />}
    </section>
  )
}
