/** How it goes: the current interval first, then right now, then the day; pushed by the server as it changes. */
import { useEffect, useState } from 'preact/hooks'
import { api, body, minPosition } from '../../api/client'
import type { Tile as Figure, SpanTiles, WallboardView } from '../../api/schema'
import { Events } from '../../floor/Events'
import { ProjectChoice } from '../../floor/ProjectChoice'
import { project } from '../../floor/projects'
import { useTitle } from '../../floor/title'
import { floorWords, metricName, presenceName } from '../../floor/words'
import { listen, watchBoards } from '../../live/live'
import { complain } from '../../ui/toasts'
import { common } from '../../ui/words'
import { number, timeIn } from '../../words/locale'
import '../../styles/floor.css'
import { ByChannel, ByQueue, BySite, PRESENCES } from './Tables'
import { Tile } from './Tile'
import { boardWords } from './words'

/** The project's board: read once, then as the stream sends it. */
function useBoard(name: string): WallboardView | null {
  const [board, take] = useState<WallboardView | null>(null)
  useEffect(() => {
    take(null)
    if (!name) return
    const read = () => {
      const path = { project: name }
      body(api.GET('/api/projects/{project}/wallboard', { params: { path, query: minPosition() } })).then(
        take,
        complain,
      )
    }
    read()
    watchBoards([name])
    const over = listen((said) => {
      if (said.kind === 'wallboard' && said.board.project === name) take(said.board)
      else if (said.kind === 'reset') read()
    })
    return () => {
      over()
      watchBoards([])
    }
  }, [name])
  return board
}

interface SpanProps {
  title: string
  span: SpanTiles
  since?: string
  open: (title: string, tile: Figure) => void
}

function Span({ title, span, since, open }: SpanProps) {
  return (
    <section class="span" aria-label={title}>
      <h2>
        {title} {since && <span class="soft">{since}</span>}
      </h2>
      <ul class="tiles">
        {span.tiles.map((tile) => (
          <Tile key={tile.metric} tile={tile} open={(one) => open(`${metricName(one.metric)}, ${title}`, one)} />
        ))}
      </ul>
    </section>
  )
}

function Agents({ agents }: { agents: Record<string, number> }) {
  return (
    <section class="span" aria-label={boardWords().agents}>
      <h2>{boardWords().agents}</h2>
      <dl class="states">
        {PRESENCES.map((presence) => (
          <div key={presence} class={`presence-${presence}`}>
            <dt>
              <span class="dot" aria-hidden="true" /> {presenceName(presence)}
            </dt>
            <dd class="figures">{number(agents[presence] ?? 0)}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

export default function View() {
  const w = boardWords()
  const board = useBoard(project.value)
  const [behind, show] = useState<{ title: string; address: string } | null>(null)
  const title = useTitle('wallboard')
  const open = (name: string, tile: Figure) => show({ title: name, address: tile.events })
  if (!project.value) return <p class="pad">{floorWords().noProjects}</p>
  return (
    <div class="leading">
      <header class="leading-head">
        <h1>{title}</h1>
        <ProjectChoice />
        {board && <p class="soft figures">{w.asOf(timeIn(board.as_of, board.zone, true), board.zone)}</p>}
      </header>
      {!board && <p class="soft">{common().loading}</p>}
      {board && (
        <>
          <Span
            title={w.interval}
            span={board.interval}
            since={w.from(timeIn(board.interval.since, board.zone))}
            open={open}
          />
          <Span title={w.now} span={board.now} open={open} />
          <Span title={w.day} span={board.day} since={w.from(timeIn(board.day.since, board.zone))} open={open} />
          <Agents agents={board.agents} />
          <ByQueue board={board} />
          <div class="halves">
            <ByChannel board={board} />
            <BySite board={board} />
          </div>
        </>
      )}
      {behind && <Events {...behind} zone={board?.zone ?? ''} close={() => show(null)} />}
    </div>
  )
}
