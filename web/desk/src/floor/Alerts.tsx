/** What is raised, above every page of those who lead; that something is over is told once. */
import { useEffect, useRef } from 'preact/hooks'
import { queueTitle } from '../agent/state'
import { command } from '../api/commands'
import type { AlertView } from '../api/schema'
import { now, secondsSince } from '../app/now'
import { Icon } from '../ui/Icon'
import { say } from '../ui/toasts'
import '../styles/floor.css'
import { alertFigure, alertKey, call, useAlerts } from './alerts'
import { done } from './doing'
import { whoIs } from './names'
import { led } from './projects'
import { figure, floorWords, length, moreIsBetter, plain, unitOf } from './words'

function Raised({ alert, again }: { alert: AlertView; again: () => void }) {
  const w = floorWords()
  const title = led.value.find((one) => one.name === alert.project)?.title ?? alert.project
  const limit = figure(alert.threshold, unitOf(alert.metric))
  const path = { project: alert.project, alert: alert.alert }
  const acknowledge = async () => {
    await done(command('/api/projects/{project}/alerts/{alert}/acknowledge', path))
    again()
  }
  return (
    <li class={alert.acknowledged_by ? 'raised seen' : 'raised'}>
      <Icon name="warning" />
      <strong>{plain(alert.alert)}</strong>
      <span>
        {alertFigure(alert)} ({moreIsBetter(alert.metric) ? w.below(limit) : w.above(limit)})
      </span>
      <span class="soft">
        {alert.queue ? `${title} · ${queueTitle(alert.project, alert.queue)}` : title}
        {' · '}
        <span class="figures">{now.value && length(secondsSince(alert.since))}</span>
      </span>
      {alert.acknowledged_by ? (
        <span class="badge plain">{w.seenTo(whoIs(alert.acknowledged_by))}</span>
      ) : (
        <button type="button" aria-label={w.acknowledgeOf(plain(alert.alert))} onClick={() => void acknowledge()}>
          {w.acknowledge}
        </button>
      )}
    </li>
  )
}

/** Tell of what changed between two looks. */
function tell(before: AlertView[], after: AlertView[]): void {
  const w = floorWords()
  const standing = new Map(before.map((one) => [alertKey(one), one.status]))
  for (const one of after) {
    const was = standing.get(alertKey(one))
    if (one.status === 'raised' && was !== 'raised') call(one, w.raised(plain(one.alert)))
    if (one.status === 'cleared' && was === 'raised') say(w.cleared(plain(one.alert)))
  }
}

export default function Alerts() {
  const [alerts, again] = useAlerts()
  const known = useRef<AlertView[] | null>(null)
  useEffect(() => {
    if (!alerts) return
    if (known.current) tell(known.current, alerts)
    known.current = alerts
  }, [alerts])
  const raised = (alerts ?? []).filter((one) => one.status === 'raised')
  return (
    <section class="alerts" aria-label={floorWords().alerts}>
      {/* what is read aloud has no clock in it: it would be read every second */}
      <p class="unseen" role="alert">
        {raised
          .filter((one) => !one.acknowledged_by)
          .map((one) => floorWords().raised(plain(one.alert)))
          .join('. ')}
      </p>
      {raised.length > 0 && (
        <ul>
          {raised.map((one) => (
            <Raised key={alertKey(one)} alert={one} again={again} />
          ))}
        </ul>
      )}
    </section>
  )
}
