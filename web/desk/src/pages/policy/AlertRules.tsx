/** When somebody must be told: a project's rules as a list and a form, without its document as text. */
import { useState } from 'preact/hooks'
import { projectOf } from '../../agent/state'
import { change, current, type Subject } from '../../floor/documents'
import { done } from '../../floor/doing'
import { figure, floorWords, length, metricName, plain, unitOf } from '../../floor/words'
import { useFresh } from '../../live/fresh'
import { Dialog } from '../../ui/Dialog'
import { common } from '../../ui/words'
import { ruleWords } from './rule_words'
import { alertsOf, METRICS, type Rule, ruleOf, typedFigure, withRule } from './rules'

const EMPTY: Rule = {
  metric: 'longest_wait',
  above: null,
  below: null,
  clear: null,
  lasting: 60,
  over: 'interval',
  queue: null,
  mail: [],
  webhook: null,
}

interface FormProps {
  subject: Subject
  /** Empty for a new one. */
  name: string
  rule: Rule
  close: () => void
  after: () => void
}

function Form({ subject, name, rule, close, after }: FormProps) {
  const w = ruleWords()
  const [metric, choose] = useState(rule.metric)
  const [busy, setBusy] = useState(false)
  const share = unitOf(metric) === 'share'
  const queues = projectOf(subject.name)?.queues ?? []
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const given = new FormData(event.currentTarget as HTMLFormElement)
    const called = name || String(given.get('name'))
    setBusy(true)
    if (await done(change(subject, withRule(called, ruleOf(given))), w.applied)) {
      close()
      after()
    }
    setBusy(false)
  }
  return (
    <Dialog title={name ? w.changeOf(plain(name)) : w.add} close={close}>
      <form class="fields" onSubmit={submit}>
        {!name && (
          <label>
            {w.name} <span class="hint">{w.nameHint}</span>
            <input name="name" required pattern="[a-z][a-z0-9_]{0,39}" autocapitalize="none" />
          </label>
        )}
        <label>
          {w.metric}
          <select name="metric" value={metric} onChange={(event) => choose(event.currentTarget.value)}>
            {METRICS.map((one) => (
              <option key={one} value={one}>
                {metricName(one)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {w.side}
          <select name="side" defaultValue={rule.below === null ? 'above' : 'below'}>
            <option value="above">{w.above}</option>
            <option value="below">{w.below}</option>
          </select>
        </label>
        <label>
          {share ? w.limitShare : unitOf(metric) === 'seconds' ? w.limitSeconds : w.limit}
          <input
            name="limit"
            type="number"
            step="any"
            required
            defaultValue={typedFigure(rule.metric, rule.above ?? rule.below)}
          />
        </label>
        <label>
          {w.clear} <span class="hint">{w.clearHint}</span>
          <input name="clear" type="number" step="any" defaultValue={typedFigure(rule.metric, rule.clear)} />
        </label>
        <label>
          {w.lasting}
          <input name="lasting" type="number" min="0" max="86400" required defaultValue={String(rule.lasting)} />
        </label>
        <label>
          {w.over}
          <select name="over" defaultValue={rule.over}>
            <option value="interval">{w.interval}</option>
            <option value="day">{w.day}</option>
          </select>
        </label>
        <label>
          {floorWords().queue}
          <select name="queue" defaultValue={rule.queue ?? ''}>
            <option value="">{w.wholeProject}</option>
            {queues.map((queue) => (
              <option key={queue.name} value={queue.name}>
                {queue.title}
              </option>
            ))}
          </select>
        </label>
        <label>
          {w.mail} <span class="hint">{w.mailHint}</span>
          <input name="mail" maxLength={2000} defaultValue={rule.mail.join(', ')} />
        </label>
        <label>
          {w.webhook}
          <input name="webhook" type="url" maxLength={500} defaultValue={rule.webhook ?? ''} />
        </label>
        <div class="row end">
          <button type="button" onClick={close}>
            {common().cancel}
          </button>
          <button type="submit" class="primary" disabled={busy}>
            {w.apply}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function told(rule: Rule): string {
  const limit = figure(rule.above ?? rule.below, unitOf(rule.metric))
  const side = rule.above === null ? floorWords().below(limit) : floorWords().above(limit)
  return `${metricName(rule.metric)} ${side}, ${ruleWords().forSo(length(rule.lasting))}`
}

export function AlertRules({ subject }: { subject: Subject }) {
  const w = ruleWords()
  const [known, again] = useFresh(() => current(subject), /^project\.configured/, [subject.name])
  const [edited, edit] = useState<{ name: string; rule: Rule } | null>(null)
  const rules = Object.entries(alertsOf(known?.document ?? {}))
  const remove = async (name: string) => {
    await done(change(subject, withRule(name, null)), w.removed)
    again()
  }
  return (
    <section class="panel" aria-label={w.title}>
      <div class="row between">
        <h2>{w.title}</h2>
        <button type="button" onClick={() => edit({ name: '', rule: EMPTY })}>
          {w.add}
        </button>
      </div>
      {known === null && <p class="soft">{common().loading}</p>}
      {known && rules.length === 0 && <p class="soft">{w.none}</p>}
      <ul class="plain">
        {rules.map(([name, rule]) => (
          <li key={name} class="row between">
            <span>
              <strong>{plain(name)}</strong> <span class="soft">{told(rule)}</span>
            </span>
            <span class="row">
              <button
                type="button"
                class="link"
                aria-label={w.changeOf(plain(name))}
                onClick={() => edit({ name, rule })}
              >
                {w.change}
              </button>
              <button type="button" class="link" aria-label={w.removeOf(plain(name))} onClick={() => void remove(name)}>
                {w.remove}
              </button>
            </span>
          </li>
        ))}
      </ul>
      {edited && <Form subject={subject} {...edited} close={() => edit(null)} after={again} />}
    </section>
  )
}
