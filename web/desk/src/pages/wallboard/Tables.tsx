/** The same by queue, by channel and by site. */
import type { ComponentChildren } from 'preact'
import { queueTitle } from '../../agent/state'
import type { Tile, WallboardView } from '../../api/schema'
import { siteTitle } from '../../floor/names'
import { figure, floorWords, presenceName, standingName } from '../../floor/words'
import { channelName } from '../../ui/words'
import { number } from '../../words/locale'
import { boardWords } from './words'

const STANDINGS = ['offered', 'accepted', 'connected', 'wrap_up']
export const PRESENCES = ['ready', 'not_ready', 'not_responding', 'signed_out']

interface Props {
  title: string
  first: string
  columns: string[]
  rows: [string, ComponentChildren[]][]
}

function Table({ title, first, columns, rows }: Props) {
  return (
    <section class="panel">
      <h2>{title}</h2>
      {rows.length === 0 ? (
        <p class="soft">{boardWords().none}</p>
      ) : (
        <section class="table-frame" aria-label={title} tabindex={0}>
          <table class="table">
            <thead>
              <tr>
                <th scope="col">{first}</th>
                {columns.map((column) => (
                  <th key={column} scope="col" class="right">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(([name, cells]) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  {cells.map((cell, at) => (
                    <td key={columns[at]} class="right figures">
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  )
}

function Cell({ tile }: { tile: Tile | undefined }) {
  if (!tile) return <>–</>
  const look = tile.met === null ? '' : tile.met ? 'figure-good' : 'figure-bad'
  const w = boardWords()
  return (
    <span class={look}>
      {figure(tile.value, tile.unit)}
      {tile.met === false && <span class="unseen"> {w.missed}</span>}
    </span>
  )
}

export function ByQueue({ board }: { board: WallboardView }) {
  const w = boardWords()
  const names = [...new Set([board.now, board.interval, board.day].flatMap((span) => Object.keys(span.queues)))]
  const cell = (tiles: readonly Tile[] | undefined, metric: string) => (
    <Cell tile={tiles?.find((tile) => tile.metric === metric)} />
  )
  return (
    <Table
      title={w.queues}
      first={w.queue}
      columns={[floorWords().waiting, w.longest, w.levelNow, w.levelDay, w.answerDay, w.abandonedDay]}
      rows={names.map((name) => [
        queueTitle(board.project, name),
        [
          cell(board.now.queues[name], 'waiting'),
          cell(board.now.queues[name], 'longest_wait'),
          cell(board.interval.queues[name], 'service_level'),
          cell(board.day.queues[name], 'service_level'),
          cell(board.day.queues[name], 'speed_of_answer'),
          cell(board.day.queues[name], 'abandon_share'),
        ],
      ])}
    />
  )
}

export function ByChannel({ board }: { board: WallboardView }) {
  return (
    <Table
      title={boardWords().channels}
      first={floorWords().channel}
      columns={[floorWords().waiting, ...STANDINGS.map(standingName)]}
      rows={Object.entries(board.channels).map(([name, counts]) => [
        channelName(name),
        [number(counts.waiting), ...STANDINGS.map((standing) => number(counts.in_hand[standing] ?? 0))],
      ])}
    />
  )
}

export function BySite({ board }: { board: WallboardView }) {
  return (
    <Table
      title={boardWords().sites}
      first={floorWords().site}
      columns={[floorWords().waiting, ...PRESENCES.map(presenceName)]}
      rows={Object.entries(board.sites).map(([name, counts]) => [
        siteTitle(name),
        [number(counts.waiting), ...PRESENCES.map((presence) => number(counts.agents[presence] ?? 0))],
      ])}
    />
  )
}
