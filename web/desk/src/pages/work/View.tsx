import { useEffect } from 'preact/hooks'
import { inHand } from '../../agent/state'
import type { PageProps } from '../../app/pages'
import { Icon } from '../../ui/Icon'
import { List } from './List'
import { workWords } from './words'

export default function View({ rest }: PageProps) {
  const w = workWords()
  const item = inHand.value.find((one) => one.work_id === rest)
  useEffect(() => {
    document.title = `${item?.customer_name || w.title} · Trunkline`
  }, [item?.customer_name, w.title])
  return (
    <div class="work">
      <List chosen={rest} />
      <div class="empty-state grow">
        <Icon name="work" size={32} />
        <p>{w.choose}</p>
      </div>
    </div>
  )
}
