/** One figure: its value, whether it is as good as its target, what it means, and the events behind it. */
import { useId, useState } from 'preact/hooks'
import type { Tile as Figure } from '../../api/schema'
import { figure, metricName, moreIsBetter } from '../../floor/words'
import { Icon } from '../../ui/Icon'
import { boardWords, definitionOf, formulaOf } from './words'

interface Props {
  tile: Figure
  open: (tile: Figure) => void
}

function Target({ tile }: { tile: Figure }) {
  const w = boardWords()
  if (tile.target === null) return <p class="tile-target">{w.noTarget}</p>
  const limit = `${moreIsBetter(tile.metric) ? '≥' : '≤'} ${figure(tile.target, tile.unit)}`
  return (
    <p class="tile-target">
      {tile.met !== null && <Icon name={tile.met ? 'check' : 'warning'} size={14} />} {w.target(limit)}
      {tile.met !== null && <span class="unseen">{tile.met ? w.met : w.missed}</span>}
    </p>
  )
}

export function Tile({ tile, open }: Props) {
  const w = boardWords()
  const [meaning, show] = useState(false)
  const id = useId()
  const name = metricName(tile.metric)
  const look = tile.met === null ? 'tile' : tile.met ? 'tile good' : 'tile bad'
  return (
    <li class={look}>
      <div class="row between">
        <h3>{name}</h3>
        <button
          type="button"
          class="quiet small"
          aria-expanded={meaning}
          aria-controls={id}
          aria-label={w.meaningOf(name)}
          title={w.meaning}
          onClick={() => show(!meaning)}
        >
          <Icon name="help" size={15} />
        </button>
      </div>
      <p class="tile-value">{figure(tile.value, tile.unit)}</p>
      <div class="row between">
        <Target tile={tile} />
        <button type="button" class="link small" aria-label={w.eventsOf(name)} onClick={() => open(tile)}>
          {w.events}
        </button>
      </div>
      <div id={id} class="tile-meaning" hidden={!meaning}>
        <p>{definitionOf(tile.metric, tile.definition)}</p>
        <p class="soft">
          {w.formula} <code translate={false}>{formulaOf(tile.metric, tile.formula)}</code>
        </p>
      </div>
    </li>
  )
}
