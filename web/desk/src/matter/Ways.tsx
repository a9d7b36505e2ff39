/** The choice of the way that a reply takes, and what a text of it costs. */
import type { TextPreview } from '../api/schema'
import { list, number } from '../words/locale'
import type { Carrier } from './carriers'
import { wayWords } from './way_words'

interface Props {
  ways: readonly Carrier[]
  chosen: Carrier
  choose: (carrier: Carrier) => void
}

export function Ways({ ways, chosen, choose }: Props) {
  const w = wayWords()
  if (ways.length < 2) return null
  return (
    <fieldset class="switch">
      <legend class="unseen">{w.way}</legend>
      {ways.map((one) => (
        <button key={one} type="button" aria-pressed={one === chosen} onClick={() => choose(one)}>
          {w[one]}
        </button>
      ))}
    </fieldset>
  )
}

/** `told`: what the server counted, or why it cannot be sent as a text. */
export function Segments({ told, write }: { told: TextPreview | string | null; write: (text: string) => void }) {
  const w = wayWords()
  if (told === null) return null
  if (typeof told === 'string') return <span class="fault">{told}</span>
  const dear = told.suggestion && told.suggestion.segments < told.segments ? told.suggestion : null
  return (
    <span class="segments">
      <span class={told.segments > 1 ? 'badge warm' : 'badge plain'}>{w.texts(told.segments)}</span>{' '}
      <span class="soft">{w.left(number(told.units_left))}</span>
      {dear && (
        <span>
          {' '}
          {w.dear(list(told.forcing.slice(0, 5).map((one) => one.character)))}{' '}
          <button type="button" class="link" title={dear.text} onClick={() => write(dear.text)}>
            {w.plainer(dear.segments)}
          </button>
        </span>
      )}
    </span>
  )
}
