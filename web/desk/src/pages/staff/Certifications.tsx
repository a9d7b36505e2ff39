/** Skills that end soon or have ended: the router goes by them no more from their end on. */
import { nameOf } from '../../agent/state'
import { api, body, minPosition } from '../../api/client'
import { slowly } from '../../app/now'
import { plain } from '../../floor/words'
import { useFresh } from '../../live/fresh'
import { common } from '../../ui/words'
import { fullTime, shortTime } from '../../words/locale'
import { staffWords } from './words'

const WITHIN = 90

async function ask() {
  const query = { within: WITHIN, limit: 200, ...minPosition() }
  return (await body(api.GET('/api/certifications', { params: { query } }))).items
}

export function Certifications() {
  const w = staffWords()
  const [items] = useFresh(ask, /^agent\.(skill|registered)|^centre\.configured/, [])
  return (
    <section class="panel">
      <h2>{w.certifications}</h2>
      {items === null && <p class="soft">{common().loading}</p>}
      {items?.length === 0 && <p class="soft">{w.certificationsNone}</p>}
      {items && items.length > 0 && (
        <section class="table-frame" aria-label={w.certifications} tabindex={0}>
          <table class="table">
            <thead>
              <tr>
                <th scope="col">{w.agent}</th>
                <th scope="col">{w.skill}</th>
                <th scope="col">{w.ends}</th>
                <th scope="col">{w.state}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((one) => (
                <tr key={`${one.agent_id} ${one.skill}`}>
                  <th scope="row">{nameOf(one.agent_id)}</th>
                  <td>
                    {plain(one.skill)} <span class="figures">{one.level}</span>
                  </td>
                  <td class="figures" title={fullTime(one.expires_at)}>
                    {shortTime(one.expires_at, slowly.value)}
                  </td>
                  <td>
                    <span class={one.expired ? 'badge bad' : 'badge warm'}>{one.expired ? w.ended : w.endsSoon}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  )
}
