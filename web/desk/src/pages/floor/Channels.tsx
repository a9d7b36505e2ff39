/** Having somebody take nothing more by one channel, or take it again; with the reason that stands on record. */
import { useState } from 'preact/hooks'
import { reasonTitle } from '../../agent/reasons'
import { command } from '../../api/commands'
import type { AgentView } from '../../api/schema'
import { done } from '../../floor/doing'
import { floorWords } from '../../floor/words'
import { Dialog } from '../../ui/Dialog'
import { channelName, common } from '../../ui/words'
import { peopleWords } from './words'

interface Props {
  agent: AgentView
  close: () => void
  after: () => void
}

export function Channels({ agent, close, after }: Props) {
  const w = peopleWords()
  const [busy, setBusy] = useState(false)
  const [channel, choose] = useState(Object.keys(agent.channels)[0] ?? '')
  const paused = agent.channels[channel]?.paused
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const reason = String(new FormData(event.currentTarget as HTMLFormElement).get('reason'))
    const whom = { agent_id: agent.agent_id, channel }
    setBusy(true)
    const asked = paused
      ? command('/api/agents/{agent_id}/channels/{channel}/force-resume', whom, { reason })
      : command('/api/agents/{agent_id}/channels/{channel}/force-pause', whom, { reason })
    if (await done(asked, w.done)) {
      close()
      after()
    }
    setBusy(false)
  }
  return (
    <Dialog title={w.setTitle(w.channels, agent.name)} close={close}>
      <form class="fields" onSubmit={submit}>
        <label>
          {floorWords().channel}
          <select value={channel} onChange={(event) => choose(event.currentTarget.value)}>
            {Object.entries(agent.channels).map(([name, room]) => (
              <option key={name} value={name}>
                {room.paused ? w.without(channelName(name), reasonTitle(room.paused.reason)) : channelName(name)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {floorWords().reason}
          <input name="reason" required maxLength={200} dir="auto" />
        </label>
        <p class="soft">{w.setHint}</p>
        <div class="row end">
          <button type="button" onClick={close}>
            {common().cancel}
          </button>
          <button type="submit" class="primary" disabled={busy}>
            {paused ? w.resume : w.pause}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
