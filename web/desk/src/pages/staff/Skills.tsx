/** Who can do what, and until when: read from the centres' documents, changed by who may configure them. */
import { useState } from 'preact/hooks'
import { desk } from '../../agent/state'
import { may } from '../../app/session'
import { done } from '../../floor/doing'
import { siteTitle } from '../../floor/names'
import { floorWords, plain } from '../../floor/words'
import { useFresh } from '../../live/fresh'
import { Dialog } from '../../ui/Dialog'
import { common } from '../../ui/words'
import { dayName } from '../../words/locale'
import { type Entry, type Roster, roster, setSkills } from './entries'
import { staffWords } from './words'

/** Rows on the page at once. */
const MOST = 100

interface ChangeProps {
  agentId: string
  entry: Entry
  centre: string
  skills: Record<string, string>
  close: () => void
  after: () => void
}

function Change({ agentId, entry, centre, skills, close, after }: ChangeProps) {
  const w = staffWords()
  const [busy, setBusy] = useState(false)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const given = (part: string, skill: string) => String(form.get(`${part}.${skill}`) ?? '')
    const held = Object.keys(skills).filter((skill) => given('level', skill))
    const levels = Object.fromEntries(held.map((skill) => [skill, Number(given('level', skill))]))
    const dated = held.filter((skill) => given('until', skill))
    const days = Object.fromEntries(dated.map((skill) => [skill, given('until', skill)]))
    setBusy(true)
    if (await done(setSkills(centre, agentId, levels, days), w.saved)) {
      close()
      after()
    }
    setBusy(false)
  }
  return (
    <Dialog title={w.skillsOf(entry.name)} close={close}>
      <form class="fields" onSubmit={submit}>
        <p class="soft">{w.levelHint}</p>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{w.skill}</th>
              <th scope="col">{w.level}</th>
              <th scope="col">{w.until}</th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(skills).map(([skill, title]) => (
              <tr key={skill}>
                <th scope="row">{title}</th>
                <td>
                  <input
                    type="number"
                    name={`level.${skill}`}
                    min={1}
                    max={10}
                    aria-label={w.levelOf(title)}
                    defaultValue={entry.skills[skill] ? String(entry.skills[skill]) : ''}
                  />
                </td>
                <td>
                  <input
                    type="date"
                    name={`until.${skill}`}
                    aria-label={w.untilOf(title)}
                    defaultValue={entry.certified_until[skill] ?? ''}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <div class="row end">
          <button type="button" onClick={close}>
            {common().cancel}
          </button>
          <button type="submit" class="primary" disabled={busy}>
            {common().save}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function Held({ entry, skills }: { entry: Entry; skills: Record<string, string> }) {
  const held = Object.entries(entry.skills).sort(([a], [b]) => a.localeCompare(b))
  if (held.length === 0) return <span class="soft">{staffWords().none}</span>
  return (
    <ul class="held">
      {held.map(([skill, level]) => (
        <li key={skill}>
          {skills[skill] ?? plain(skill)} <strong class="figures">{level}</strong>
          {entry.certified_until[skill] && <span class="soft"> → {dayName(entry.certified_until[skill])}</span>}
        </li>
      ))}
    </ul>
  )
}

function Table({ told, name, again }: { told: Roster; name: string; again: () => void }) {
  const w = staffWords()
  const [changing, changeOf] = useState('')
  const edits = may('configure') && Object.keys(told.skills).length > 0
  const found = Object.entries(told.agents)
    .filter(([id, { entry }]) => `${id} ${entry.name}`.toLowerCase().includes(name.trim().toLowerCase()))
    .sort(([, a], [, b]) => a.entry.name.localeCompare(b.entry.name))
  const chosen = told.agents[changing]
  return (
    <>
      <section class="table-frame" aria-label={w.skills} tabindex={0}>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{w.agent}</th>
              <th scope="col">{floorWords().site}</th>
              <th scope="col">{w.skills}</th>
              {edits && (
                <th scope="col">
                  <span class="unseen">{w.change}</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {found.slice(0, MOST).map(([id, { entry }]) => (
              <tr key={id}>
                <th scope="row">
                  <bdi>{entry.name}</bdi>
                </th>
                <td>{siteTitle(entry.site)}</td>
                <td>
                  <Held entry={entry} skills={told.skills} />
                </td>
                {edits && (
                  <td class="right">
                    <button type="button" aria-label={w.changeOf(entry.name)} onClick={() => changeOf(id)}>
                      {w.change}
                    </button>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {found.length > MOST && <p class="soft">{w.more(found.length - MOST)}</p>}
      {chosen && (
        <Change agentId={changing} {...chosen} skills={told.skills} close={() => changeOf('')} after={again} />
      )}
    </>
  )
}

export function Skills() {
  const w = staffWords()
  const centres = Object.keys(desk.value?.centres ?? {}).join()
  const [told, again] = useFresh(roster, /^centre\.configured/, [centres])
  const [name, find] = useState('')
  return (
    <section class="panel">
      <h2>{w.skills}</h2>
      <input
        type="search"
        class="narrow"
        aria-label={w.find}
        placeholder={w.find}
        value={name}
        onInput={(event) => find(event.currentTarget.value)}
      />
      {told === null && <p class="soft">{common().loading}</p>}
      {told && Object.keys(told.skills).length === 0 && <p class="soft">{w.noSkills}</p>}
      {told && <Table told={told} name={name} again={again} />}
    </section>
  )
}
