/** What stands around every page: navigation, presence, the state of the connection, and what may come up anywhere. */
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { Offers } from '../agent/Offers'
import { Presence } from '../agent/Presence'
import { desk, follow } from '../agent/state'
import { waiting } from '../api/outbox'
import { useActions } from '../keys/actions'
import { Help, helpOpen, Palette, paletteOpen } from '../keys/Palette'
import { keyWords } from '../keys/words'
import { line } from '../live/live'
import { New, newOpen } from '../new/New'
import { Phone, PhoneMark } from '../softphone/Phone'
import { beginPhone } from '../softphone/state'
import { Icon } from '../ui/Icon'
import { Menu } from '../ui/Menu'
import { locale, number } from '../words/locale'
import { lazy } from './lazy'
import { loaded } from './loaded'
import { current, type Page, pages, rest } from './pages'
import { go, href } from './router'
import { agentId, may, mayAnywhere, me, signOut } from './session'
import { shellWords } from './words'

follow()
beginPhone()

/** Only those who lead load it. */
const Alerts = lazy(() => import('../floor/Alerts'), true)

/** Messages of colleagues are heard of on every page; what does that comes after everything else. */
function useMessages(): void {
  const open = may('messages')
  useEffect(() => {
    if (!open) return
    let gone = false
    const soon = setTimeout(async () => {
      const module = await loaded(() => import('../floor/arriving'))
      if (!gone) module.begin()
    }, 300)
    return () => {
      gone = true
      clearTimeout(soon)
    }
  }, [open])
}

function Connection() {
  const w = shellWords()
  const lost = line.value === 'lost'
  const unsent = waiting.value.length
  if (!lost && !unsent) return <div class="connection" role="status" />
  return (
    <div class="connection bad" role="status">
      <Icon name="offline" />
      <span>
        {lost ? w.lost : w.sending} {unsent > 0 && w.unsent(unsent)}
      </span>
    </div>
  )
}

function Navigation() {
  const bar = useRef<HTMLElement>(null)
  useEffect(() => {
    // on a narrow screen the pages stand in one line that scrolls
    bar.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [current.value])
  return (
    <nav ref={bar} aria-label={shellWords().navigation}>
      <ul>
        {pages.value.map((page) => (
          <li key={page.path}>
            <a href={href(page.path)} aria-current={current.value === page ? 'page' : undefined}>
              <Icon name={page.icon} />
              <span>{page.title()}</span>
              {page.count && page.count() > 0 && <span class="count">{number(page.count())}</span>}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function Account() {
  const w = shellWords()
  const name = me.value?.name ?? ''
  return (
    <Menu
      class="right"
      name={w.account(name)}
      label={<span class="avatar">{name.slice(0, 2)}</span>}
      items={[
        {
          key: 'help',
          text: keyWords().help,
          run: () => {
            helpOpen.value = true
          },
        },
        { key: 'out', text: w.signOut, apart: true, run: () => void signOut() },
      ]}
    />
  )
}

function useGeneralActions(): void {
  const w = keyWords()
  useActions(
    () => [
      {
        id: 'help',
        run: () => {
          helpOpen.value = true
        },
      },
      {
        id: 'palette',
        run: () => {
          paletteOpen.value = !paletteOpen.value
        },
      },
      ...(desk.value?.projects.length
        ? [
            {
              id: 'new',
              run: () => {
                newOpen.value = true
              },
            },
          ]
        : []),
      ...pages.value.map((page) => ({
        id: `go.${page.path}`,
        title: w.goTo(page.title()),
        group: w.general,
        run: () => go(page.path),
      })),
    ],
    [locale.value, pages.value, desk.value],
  )
}

function Shown({ page }: { page: Page }) {
  const View = useMemo(() => lazy(page.view), [page])
  return <View rest={rest.value} />
}

export function Shell() {
  useGeneralActions()
  useMessages()
  const page = current.value
  const w = shellWords()
  return (
    <div class="shell">
      <a class="skip" href="#main">
        {w.skip}
      </a>
      <header class="bar">
        <a class="brand" href={href('')}>
          <img src="/static/icon.svg" alt="" width="24" height="24" />
          <span translate={false}>{w.product}</span>
        </a>
        <Navigation />
        <Connection />
        {agentId.value && <PhoneMark />}
        {agentId.value && <Presence />}
        <Account />
      </header>
      {mayAnywhere('supervise') && <Alerts />}
      {agentId.value && <Phone />}
      <main id="main" tabindex={-1}>
        {page ? <Shown page={page} /> : <p class="pad">{w.noPages}</p>}
      </main>
      {agentId.value && <Offers />}
      {paletteOpen.value && <Palette />}
      {helpOpen.value && <Help />}
      {newOpen.value && <New />}
    </div>
  )
}
