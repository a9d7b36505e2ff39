import { useEffect, useRef } from 'preact/hooks'
import { inHand, myself } from '../../agent/state'
import type { PageProps } from '../../app/pages'
import { go } from '../../app/router'
import { useActions } from '../../keys/actions'
import { keyWords } from '../../keys/words'
import { Icon } from '../../ui/Icon'
import { common } from '../../ui/words'
import { locale } from '../../words/locale'
import { List } from './List'
import { Matter } from './Matter'
import { workWords } from './words'

/** Keys that open one of the first nine pieces of work. */
const NUMBERED = 9

export default function View({ rest }: PageProps) {
  const w = workWords()
  const item = inHand.value.find((one) => one.work_id === rest)
  const last = useRef(rest)
  useEffect(() => {
    document.title = `${item?.customer_name || w.title} · Trunkline`
  }, [item?.customer_name, w.title])
  useEffect(() => {
    // what was open is done: go on with the next, as an agent would
    const gone = rest !== '' && !item && myself.value !== null && last.current === rest
    const next = inHand.value[0]
    if (gone) go(next ? `work/${next.work_id}` : 'work', true)
    last.current = rest
  }, [rest, item === undefined, myself.value === null])
  const step = (by: number) => {
    const all = inHand.value
    const at = all.findIndex((one) => one.work_id === rest)
    const next = all[(at + by + all.length) % all.length]
    if (next) go(`work/${next.work_id}`)
  }
  useActions(
    () => [
      { id: 'work.next', run: () => step(1) },
      { id: 'work.previous', run: () => step(-1) },
      ...inHand.value.slice(0, NUMBERED).map((one, at) => ({
        id: `work.${one.work_id}`,
        title: keyWords().openWork(one.customer_name || common().noName),
        group: w.title,
        keys: String(at + 1),
        run: () => go(`work/${one.work_id}`),
      })),
    ],
    [inHand.value, rest, locale.value],
  )
  return (
    <div class={item ? 'work open' : 'work'}>
      <List chosen={rest} />
      {item ? (
        <Matter key={item.work_id} item={item} />
      ) : (
        <div class="empty-state grow">
          <Icon name="work" size={32} />
          <p>{w.choose}</p>
        </div>
      )}
    </div>
  )
}
