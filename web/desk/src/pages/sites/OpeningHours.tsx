/** Opening hours and special days of the projects; a day is added or taken away by who may configure. */
import type { ProjectOnDesk } from '../../api/schema'
import { slowly } from '../../app/now'
import { may } from '../../app/session'
import { change, current } from '../../floor/documents'
import { done } from '../../floor/doing'
import { projectsFor } from '../../floor/projects'
import { plain } from '../../floor/words'
import { useFresh } from '../../live/fresh'
import { Icon } from '../../ui/Icon'
import { common } from '../../ui/words'
import { dayName, weekdayName } from '../../words/locale'
import { ahead, type Hours, isOpen, typedSpans, WEEKDAYS } from './hours'
import { siteWords } from './words'

/** Special days shown at once. */
const MOST = 14

type Document = Record<string, unknown>

/** The document with one more, or one less, special day. */
function withDay(name: string, day: string, spans: string[] | null) {
  return (document: Document): Document => {
    const all = document.hours as Record<string, Hours>
    const known = all[name]
    if (!known) return document
    const { [day]: _, ...others } = known.days
    return { ...document, hours: { ...all, [name]: { ...known, days: spans ? { ...others, [day]: spans } : others } } }
  }
}

/** The document with another week. */
function withWeek(name: string, weekly: Record<string, string[]>) {
  return (document: Document): Document => {
    const all = document.hours as Record<string, Hours>
    const known = all[name]
    return known ? { ...document, hours: { ...all, [name]: { ...known, weekly } } } : document
  }
}

interface Props {
  project: string
  name: string
  hours: Hours
  again: () => void
}

function AddDay({ project, name, again }: Props) {
  const w = siteWords()
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    const given = new FormData(form)
    const changed = withDay(name, String(given.get('day')), typedSpans(String(given.get('spans'))))
    if (await done(change({ kind: 'project', name: project }, changed), w.added)) {
      form.reset()
      again()
    }
  }
  return (
    <details class="add-day">
      <summary>{w.addDay}</summary>
      <form class="fields" onSubmit={submit}>
        <label>
          {w.day}
          <input name="day" type="date" required />
        </label>
        <label>
          {w.spans} <span class="hint">{w.spansHint}</span>
          <input name="spans" maxLength={200} />
        </label>
        <div>
          <button type="submit">{w.add}</button>
        </div>
      </form>
    </details>
  )
}

function ChangeWeek({ project, name, hours, again }: Props) {
  const w = siteWords()
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const given = new FormData(event.currentTarget as HTMLFormElement)
    const days = WEEKDAYS.map((day) => [day, typedSpans(String(given.get(day)))] as const)
    const weekly = Object.fromEntries(days.filter(([, spans]) => spans.length))
    if (await done(change({ kind: 'project', name: project }, withWeek(name, weekly)), w.changed)) again()
  }
  return (
    <details class="add-day">
      <summary>{w.changeWeek}</summary>
      <form class="fields" onSubmit={submit}>
        <p class="hint">{w.weekHint}</p>
        {WEEKDAYS.map((day) => (
          <label key={`${day} ${hours.weekly[day]?.join()}`}>
            {weekdayName(day)}
            <input name={day} maxLength={200} defaultValue={hours.weekly[day]?.join(', ') ?? ''} />
          </label>
        ))}
        <div>
          <button type="submit">{w.change}</button>
        </div>
      </form>
    </details>
  )
}

function Special(props: Props) {
  const { project, name, hours, again } = props
  const w = siteWords()
  const days = ahead(hours, slowly.value)
  const edits = may('configure', project)
  const remove = async (day: string) => {
    await done(change({ kind: 'project', name: project }, withDay(name, day, null)), w.removed)
    again()
  }
  return (
    <div>
      <h4>{w.special}</h4>
      {hours.holidays && <p class="soft">{w.holidays(hours.holidays)}</p>}
      {days.length === 0 && <p class="soft">{w.noSpecial}</p>}
      <ul class="days">
        {days.slice(0, MOST).map(([day, spans]) => (
          <li key={day}>
            <span>{dayName(day)}</span>
            <span class="figures">{spans.length ? spans.join(', ') : w.closed}</span>
            {edits && (
              <button
                type="button"
                class="quiet square"
                aria-label={w.removeOf(dayName(day))}
                title={w.remove}
                onClick={() => void remove(day)}
              >
                <Icon name="close" size={13} />
              </button>
            )}
          </li>
        ))}
      </ul>
      {days.length > MOST && <p class="soft">{w.more(days.length - MOST)}</p>}
      {edits && <AddDay {...props} />}
    </div>
  )
}

function One(props: Props) {
  const { name, hours } = props
  const w = siteWords()
  const open = isOpen(hours, slowly.value)
  return (
    <li class="hours">
      <div class="row between">
        <h3>
          {plain(name)} <span class="soft">{hours.time_zone}</span>
        </h3>
        <span class={open ? 'badge good' : 'badge plain'}>{open ? w.openNow : w.closedNow}</span>
      </div>
      <dl class="week">
        {WEEKDAYS.map((day) => (
          <div key={day}>
            <dt>{weekdayName(day)}</dt>
            <dd class="figures">{hours.weekly[day]?.length ? hours.weekly[day]?.join(', ') : w.closed}</dd>
          </div>
        ))}
      </dl>
      {may('configure', props.project) && <ChangeWeek {...props} />}
      <Special {...props} />
    </li>
  )
}

function OfProject({ project }: { project: ProjectOnDesk }) {
  const w = siteWords()
  const ask = () => current({ kind: 'project', name: project.name })
  const [known, again] = useFresh(ask, /^project\.configured/, [project.name])
  const hours = Object.entries((known?.document.hours ?? {}) as Record<string, Hours>)
  return (
    <section class="panel" aria-label={w.hoursOf(project.title)}>
      <h2>{w.hoursOf(project.title)}</h2>
      {known === null && <p class="soft">{common().loading}</p>}
      {known && hours.length === 0 && <p class="soft">{w.noHours}</p>}
      <ul class="sites">
        {hours.map(([name, one]) => (
          <One key={name} project={project.name} name={name} hours={one} again={again} />
        ))}
      </ul>
    </section>
  )
}

export function OpeningHours() {
  return (
    <>
      {projectsFor('read_configuration').map((project) => (
        <OfProject key={project.name} project={project} />
      ))}
    </>
  )
}
