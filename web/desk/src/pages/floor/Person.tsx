/** One agent, opened: what is in hand, what they can do. */
import { useState } from 'preact/hooks'
import { queueTitle } from '../../agent/state'
import type { AgentView, WorkItem } from '../../api/schema'
import { now, secondsSince } from '../../app/now'
import { may } from '../../app/session'
import { length, plain, standingName } from '../../floor/words'
import { channelIcon, Icon } from '../../ui/Icon'
import { channelName, common } from '../../ui/words'
import { list } from '../../words/locale'
import { Listening } from './Listening'
import { type Piece, Reassign } from './Reassign'
import { peopleWords } from './words'

const TALKS = new Set(['voice', 'callback'])

function Item({ agent, item, take }: { agent: AgentView; item: WorkItem; take: (piece: Piece) => void }) {
  const w = peopleWords()
  const about = item.subject || item.customer_name || common().noName
  return (
    <li class="piece">
      <div class={`row channel-${item.channel}`}>
        <span class="channel">
          <Icon name={channelIcon(item.channel)} />
        </span>
        <span class="grow">
          <bdi>{about}</bdi>
          <br />
          <span class="soft">
            {channelName(item.channel)} · {queueTitle(item.project, item.queue)} · {standingName(item.status)}{' '}
            <span class="figures">{now.value && length(secondsSince(item.since))}</span>
          </span>
        </span>
        {may('supervise', item.project) && (
          <button type="button" aria-label={w.takeOf(about)} onClick={() => take(item)}>
            {w.take}
          </button>
        )}
      </div>
      {TALKS.has(item.channel) && item.status === 'connected' && may('supervise', item.project) && (
        <Listening agent={agent} item={item} />
      )}
    </li>
  )
}

function Abilities({ agent }: { agent: AgentView }) {
  const w = peopleWords()
  const skills = Object.entries(agent.skills).sort(([a], [b]) => a.localeCompare(b))
  const free = Object.entries(agent.channels).map(([channel, room]) => `${channelName(channel)} ${room.free}`)
  return (
    <dl class="abilities">
      <dt>{w.skills}</dt>
      <dd>{skills.length ? skills.map(([skill, level]) => w.level(plain(skill), level)).join(' · ') : w.noSkills}</dd>
      <dt>{w.profile}</dt>
      <dd>{plain(agent.profile)}</dd>
      <dt>{w.languages}</dt>
      <dd>{agent.languages.length ? list([...agent.languages]) : w.allLanguages}</dd>
      <dt>{w.room}</dt>
      <dd>{free.join(' · ')}</dd>
    </dl>
  )
}

export function Person({ agent, again }: { agent: AgentView; again: () => void }) {
  const w = peopleWords()
  const [piece, take] = useState<Piece | null>(null)
  return (
    <div class="person-open">
      <section aria-label={w.work}>
        <h3>{w.work}</h3>
        {agent.work.length === 0 && <p class="soft">{w.nothing}</p>}
        <ul>
          {agent.work.map((item) => (
            <Item key={item.work_id} agent={agent} item={item} take={take} />
          ))}
        </ul>
      </section>
      <Abilities agent={agent} />
      {piece && <Reassign piece={piece} close={() => take(null)} after={again} />}
    </div>
  )
}
