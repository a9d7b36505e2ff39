/** Whom to consult or to transfer to: a colleague, a department, an outside number. */
import { useState } from 'preact/hooks'
import { desk, projectOf, refresh } from '../agent/state'
import { command } from '../api/commands'
import type { WorkItem } from '../api/schema'
import { agentId } from '../app/session'
import { Dialog } from '../ui/Dialog'
import { complain } from '../ui/toasts'
import { common } from '../ui/words'
import { callWords } from './words'

type To = 'department' | 'agent' | 'number'
const LEG = '/api/projects/{project}/interactions/{interaction_id}/legs/{leg}'

export function Whom({ item, purpose, close }: { item: WorkItem; purpose: 'consult' | 'transfer'; close: () => void }) {
  const w = callWords()
  const choices: To[] = purpose === 'consult' ? ['agent', 'number'] : ['department', 'agent', 'number']
  const [to, choose] = useState<To>(choices[0] ?? 'agent')
  const colleagues = Object.entries(desk.value?.agents ?? {}).filter(([id]) => id !== agentId.value)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const chosen = String(new FormData(event.currentTarget as HTMLFormElement).get('whom'))
    const leg = { project: item.project, interaction_id: item.interaction_id, leg: item.leg }
    const given = { [to === 'agent' ? 'agent_id' : to]: chosen }
    try {
      if (purpose === 'consult') await command(`${LEG}/consult`, leg, { agent_id: '', number: '', ...given })
      else await command(`${LEG}/transfer`, leg, { note: '', ...given })
      close()
    } catch (fault) {
      complain(fault)
    }
    void refresh()
  }
  return (
    <Dialog title={purpose === 'consult' ? w.consultTitle : w.transferTitle} close={close}>
      <form class="fields" onSubmit={submit}>
        <p class="soft">{purpose === 'consult' ? w.consultHint : w.transferHint}</p>
        <fieldset class="choices">
          <legend>{w.whom}</legend>
          {choices.map((one) => (
            <label key={one} class="check">
              <input
                type="radio"
                name="to"
                checked={to === one}
                onChange={() => choose(one)}
                autofocus={one === choices[0]}
              />{' '}
              {w[one]}
            </label>
          ))}
        </fieldset>
        {to === 'number' ? (
          <label>
            {w.number} <span class="hint">{w.numberHint}</span>
            <input name="whom" type="tel" required maxLength={40} />
          </label>
        ) : (
          <label>
            {w[to]}
            <select name="whom" required key={to}>
              {(to === 'agent'
                ? colleagues
                : (projectOf(item.project)?.departments ?? []).map((d) => [d.name, d.title])
              ).map(([name, title]) => (
                <option key={name} value={name}>
                  {title}
                </option>
              ))}
            </select>
          </label>
        )}
        <div class="row end">
          <button type="button" onClick={close}>
            {common().cancel}
          </button>
          <button type="submit" class="primary">
            {purpose === 'consult' ? w.consult : w.transfer}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
