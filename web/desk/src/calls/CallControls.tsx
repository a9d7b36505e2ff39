/** What can be done with a call: hold, mute, consult, transfer, bring in, hand over, pause what is recorded. */
import { useEffect, useState } from 'preact/hooks'
import { nameOf, refresh } from '../agent/state'
import { api, body } from '../api/client'
import { type CommandPath, command } from '../api/commands'
import type { Accepted, Conversation, Party, WorkItem } from '../api/schema'
import { agentId } from '../app/session'
import { useActions } from '../keys/actions'
import { Keys } from '../keys/Keys'
import { listen } from '../live/live'
import { mute } from '../softphone/muting'
import { Icon } from '../ui/Icon'
import { complain } from '../ui/toasts'
import { locale } from '../words/locale'
import { Whom } from './Whom'
import { callWords } from './words'

const WHERE = '/api/projects/{project}/interactions/{interaction_id}'

function useConversation(item: WorkItem): Conversation | null {
  const [found, take] = useState<Conversation | null>(null)
  useEffect(() => {
    let over = false
    const read = () => {
      const path = { project: item.project, interaction_id: item.interaction_id }
      body(api.GET(`${WHERE}/conversation`, { params: { path } })).then(
        (told) => over || take(told),
        () => undefined,
      )
    }
    read()
    const stop = listen((said) => {
      if (said.kind === 'hello' || said.kind === 'reset') read()
      else if (said.kind === 'event' && said.event.stream === `interaction-${item.interaction_id}`) read()
    })
    return () => {
      over = true
      stop()
    }
  }, [item.project, item.interaction_id])
  return found
}

async function ask(done: Promise<Accepted>): Promise<void> {
  try {
    await done
  } catch (fault) {
    complain(fault)
  }
  void refresh()
}

/** Commands that need nothing but the leg, or the leg and a party. */
type Bare = Extract<CommandPath, `${typeof WHERE}/legs/{leg}/${string}`>

function Parties({ item, parties }: { item: WorkItem; parties: readonly Party[] }) {
  const w = callWords()
  const leg = { project: item.project, interaction_id: item.interaction_id, leg: item.leg }
  const say = (what: 'end' | 'bring-in' | 'hand-over' | 'remove', party: string) => {
    const path = `${WHERE}/legs/{leg}/parties/{party}/${what}` as const satisfies Bare
    void ask(command(path, { ...leg, party }))
  }
  const consulted = parties.find((party) => party.standing === 'consulted')
  useActions(
    () =>
      consulted
        ? [
            { id: 'call.hand_over', run: () => say('hand-over', consulted.party) },
            { id: 'call.bring_in', run: () => say('bring-in', consulted.party) },
            { id: 'call.end_consult', run: () => say('end', consulted.party) },
          ]
        : [],
    [consulted?.party, item.work_id, locale.value],
  )
  return (
    <ul class="parties">
      {parties.map((party) => (
        <li key={party.party}>
          <Icon name="person" size={15} />
          <strong>{party.agent_id ? nameOf(party.agent_id) : w.outsideNumber}</strong>
          <span class="badge plain">{party.standing === 'joined' ? w.joined : w.consulted}</span>
          {party.standing === 'consulted' && (
            <>
              <button type="button" onClick={() => say('bring-in', party.party)}>
                {w.bringIn} {party === consulted && <Keys of="call.bring_in" />}
              </button>
              <button type="button" onClick={() => say('end', party.party)}>
                {w.endConsult} {party === consulted && <Keys of="call.end_consult" />}
              </button>
            </>
          )}
          <button type="button" onClick={() => say('hand-over', party.party)}>
            {w.handOver} {party === consulted && <Keys of="call.hand_over" />}
          </button>
          {party.standing === 'joined' && (
            <button type="button" onClick={() => say('remove', party.party)}>
              {w.remove}
            </button>
          )}
        </li>
      ))}
    </ul>
  )
}

export function CallControls({ item }: { item: WorkItem }) {
  const w = callWords()
  const [open, show] = useState<'' | 'consult' | 'transfer'>('')
  const talk = useConversation(item)
  const own = talk?.legs.find((leg) => leg.leg === item.leg && leg.agent_id === agentId.value)
  const recording = talk?.recordings.find((one) => one.status === 'running' || one.status === 'paused')
  const connected = item.status === 'connected'
  const leg = { project: item.project, interaction_id: item.interaction_id, leg: item.leg }
  const hold = () => void ask(command(`${WHERE}/legs/{leg}/${own?.held ? 'resume' : 'hold'}`, leg))
  const muted = own?.muted ?? false
  const silence = () => void mute(!muted, item)
  const record = () => {
    if (!recording) return
    const path = { project: item.project, interaction_id: item.interaction_id, recording_id: recording.recording_id }
    const done =
      recording.status === 'running'
        ? command(`${WHERE}/recordings/{recording_id}/pause`, path, { reason: 'card_data' })
        : command(`${WHERE}/recordings/{recording_id}/resume`, path)
    void ask(done)
  }
  useActions(
    () =>
      connected
        ? [
            { id: 'call.hold', title: own?.held ? w.resume : w.hold, run: hold },
            { id: 'call.mute', title: muted ? w.unmute : w.mute, run: silence },
            { id: 'call.consult', run: () => show('consult') },
            { id: 'call.transfer', run: () => show('transfer') },
            ...(recording ? [{ id: 'call.record', run: record }] : []),
          ]
        : [],
    [connected, own?.held, muted, recording?.status, item.work_id, locale.value],
  )
  return (
    <section class="call-controls" aria-label={w.call}>
      <p class={own?.held ? 'badge warm' : 'badge'} role="status">
        {connected ? (own?.held ? w.onHold : w.talking) : w.connecting}
      </p>
      {muted && (
        <p class="badge warm" role="status">
          {w.muted}
        </p>
      )}
      {recording && (
        <p class={recording.status === 'running' ? 'badge bad' : 'badge plain'} role="status">
          {recording.status === 'running' ? w.recording : w.paused}
        </p>
      )}
      <div class="row grow end">
        <button type="button" disabled={!connected} aria-pressed={own?.held ?? false} onClick={hold}>
          <Icon name="hold" /> {own?.held ? w.resume : w.hold} <Keys of="call.hold" />
        </button>
        <button type="button" disabled={!connected} aria-pressed={muted} onClick={silence}>
          <Icon name="mute" /> {muted ? w.unmute : w.mute} <Keys of="call.mute" />
        </button>
        <button type="button" disabled={!connected} onClick={() => show('consult')}>
          {w.consult} <Keys of="call.consult" />
        </button>
        <button type="button" disabled={!connected} onClick={() => show('transfer')}>
          {w.transfer} <Keys of="call.transfer" />
        </button>
        {recording && (
          <button type="button" onClick={record}>
            {recording.status === 'running' ? w.pause : w.resumeRecording}
          </button>
        )}
      </div>
      {own && own.parties.length > 0 && <Parties item={item} parties={own.parties} />}
      {open && <Whom item={item} purpose={open} close={() => show('')} />}
    </section>
  )
}
