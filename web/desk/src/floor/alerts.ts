/** The alerts of every project that one leads, and what is said of them at the edge of the screen. */
import { notify, ring } from '../agent/bell'
import { api, body, minPosition } from '../api/client'
import type { AlertView } from '../api/schema'
import { useFresh } from '../live/fresh'
import { led } from './projects'
import { figure, metricName, unitOf } from './words'

async function ask(): Promise<AlertView[]> {
  const asked = led.value.map(({ name }) =>
    body(api.GET('/api/projects/{project}/alerts', { params: { path: { project: name }, query: minPosition() } })),
  )
  return (await Promise.all(asked)).flatMap((told) => told.items)
}

/** Null until they were read once. */
export function useAlerts(): [AlertView[] | null, () => void] {
  const projects = led.value.map((one) => one.name).join()
  return useFresh(ask, /^alert\.(raised|cleared|acknowledged)|^project\.configured/, [projects])
}

export const alertKey = (alert: AlertView): string => `${alert.project}.${alert.alert}`
export const alertFigure = (alert: AlertView): string =>
  `${metricName(alert.metric)} ${figure(alert.value, unitOf(alert.metric))}`

/** Sound and notification, once in a browser. */
export function call(alert: AlertView, title: string): void {
  const id = `alert-${alertKey(alert)}-${alert.since}`
  void ring(id)
  void notify(id, title, alertFigure(alert))
}
