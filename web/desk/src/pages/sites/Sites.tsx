/** Sites: which work, who is there; declared down and back, with what comes of it. */
import { useState } from 'preact/hooks'
import { api, body, minPosition } from '../../api/client'
import { command } from '../../api/commands'
import type { SiteStanding } from '../../api/schema'
import { slowly } from '../../app/now'
import { done } from '../../floor/doing'
import { Events } from '../../floor/Events'
import { whoIs } from '../../floor/names'
import { floorWords, presenceName } from '../../floor/words'
import { useFresh } from '../../live/fresh'
import { Dialog } from '../../ui/Dialog'
import { Icon } from '../../ui/Icon'
import { common } from '../../ui/words'
import { fullTime, number, shortTime } from '../../words/locale'
import { siteWords } from './words'

const SITE = '/api/centres/{centre}/sites/{site}'
const THERE = ['ready', 'not_ready', 'not_responding'] as const
const PRESENCES = [...THERE, 'signed_out'] as const
const QUEUED = 'interaction.queued.v1'
const RESCINDED = 'interaction.offer_rescinded.v1'
const EFFECTS = ['centre.site_went_down.v1', 'centre.site_came_back.v1', 'agent.signed_out.v1', QUEUED, RESCINDED]
/** Why work goes back because of a site: from somebody's hands, from a broken call, from where it rang. */
const BECAUSE = new Set(['site_down', 'interrupted', 'site down'])
const CHANGES = /^(centre|agent)\.|^interaction\.(queued|offer_rescinded)/

const since = (moment: string, types: readonly string[]): string =>
  `/api/events?${new URLSearchParams([...types.map((type) => ['type', type]), ['since', moment]] as string[][])}`

/** Pieces of work that went back since a moment, as far as one page tells. */
async function movedSince(moment: string): Promise<number> {
  const query = { type: [QUEUED, RESCINDED], since: moment, limit: 200 }
  const told = await body(api.GET('/api/events', { params: { query } }))
  const because = told.items.filter((event) => BECAUSE.has(String(event.data.reason)))
  return new Set(because.map((event) => event.stream)).size
}

function Effect({ site }: { site: SiteStanding }) {
  const w = siteWords()
  const went = site.down?.since ?? ''
  const [moved] = useFresh(() => movedSince(went), CHANGES, [went])
  const [open, show] = useState(false)
  const there = THERE.reduce((sum, presence) => sum + (site.agents[presence] ?? 0), 0)
  return (
    <div class="effect">
      <p>
        {site.down && w.because(site.down.reason, whoIs(site.down.by))}
        {' · '}
        <span title={fullTime(went)}>{floorWords().since(shortTime(went, slowly.value))}</span>
      </p>
      <p role="status">
        {there ? w.leaving(there) : w.left} {moved !== null && w.moved(moved)}
      </p>
      <button type="button" class="link" onClick={() => show(true)}>
        {w.events}
      </button>
      {open && <Events title={w.eventsOf(site.title)} address={since(went, EFFECTS)} close={() => show(false)} />}
    </div>
  )
}

function Down({ site, close, after }: { site: SiteStanding; close: () => void; after: () => void }) {
  const w = siteWords()
  const [busy, setBusy] = useState(false)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const reason = String(new FormData(event.currentTarget as HTMLFormElement).get('reason'))
    setBusy(true)
    const names = { centre: site.centre, site: site.site }
    if (await done(command(`${SITE}/down`, names, { reason }), w.declared(site.title))) {
      close()
      after()
    }
    setBusy(false)
  }
  return (
    <Dialog title={w.downTitle(site.title)} close={close}>
      <form class="fields" onSubmit={submit}>
        <p class="soft">{w.downHint}</p>
        <label>
          {floorWords().reason}
          <input name="reason" required maxLength={200} dir="auto" autofocus />
        </label>
        <div class="row end">
          <button type="button" onClick={close}>
            {common().cancel}
          </button>
          <button type="submit" class="primary" disabled={busy}>
            {w.declareDown}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function Site({ site, again }: { site: SiteStanding; again: () => void }) {
  const w = siteWords()
  const [declaring, declare] = useState(false)
  const back = async () => {
    await done(command(`${SITE}/back`, { centre: site.centre, site: site.site }), w.isBack(site.title))
    again()
  }
  return (
    <li class={site.down ? 'site down' : 'site'}>
      <div class="row between">
        <h3>
          {site.title} <span class="soft">{site.time_zone}</span>
        </h3>
        <span class={site.down ? 'badge bad' : 'badge good'}>
          <Icon name={site.down ? 'warning' : 'check'} size={13} /> {site.down ? w.down : w.works}
        </span>
      </div>
      <dl class="states plain">
        {PRESENCES.map((presence) => (
          <div key={presence} class={`presence-${presence}`}>
            <dt>
              <span class="dot" aria-hidden="true" /> {presenceName(presence)}
            </dt>
            <dd class="figures">{number(site.agents[presence] ?? 0)}</dd>
          </div>
        ))}
      </dl>
      {site.down && <Effect site={site} />}
      <div>
        {site.down ? (
          <button type="button" class="primary" aria-label={w.backOf(site.title)} onClick={() => void back()}>
            {w.back}
          </button>
        ) : (
          <button type="button" aria-label={w.declareDownOf(site.title)} onClick={() => declare(true)}>
            {w.declareDown}
          </button>
        )}
      </div>
      {declaring && <Down site={site} close={() => declare(false)} after={again} />}
    </li>
  )
}

export function Sites() {
  const w = siteWords()
  const ask = async () => (await body(api.GET('/api/sites', { params: { query: minPosition() } }))).items
  const [sites, again] = useFresh(ask, CHANGES, [])
  return (
    <section class="panel" aria-label={w.sites}>
      <h2>{w.sites}</h2>
      {sites === null && <p class="soft">{common().loading}</p>}
      <ul class="sites">
        {sites?.map((site) => (
          <Site key={`${site.centre}-${site.site}`} site={site} again={again} />
        ))}
      </ul>
    </section>
  )
}
