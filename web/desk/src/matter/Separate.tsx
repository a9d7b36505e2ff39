/** Two records that were merged, looked at as they would be apart; nothing is done before it is asked for. */
import { useEffect, useState } from 'preact/hooks'
import { api, body, minPosition } from '../api/client'
import { command } from '../api/commands'
import type { CustomerCard, Separation } from '../api/schema'
import { Dialog } from '../ui/Dialog'
import { complain, say } from '../ui/toasts'
import { common } from '../ui/words'
import { CUSTOMER } from './customer'
import { Facets } from './Merge'
import { matterWords } from './words'

interface Props {
  card: CustomerCard
  mergedId: string
  close: () => void
}

export function Separate({ card, mergedId, close }: Props) {
  const w = matterWords()
  const [apart, take] = useState<Separation | null>(null)
  const path = { project: card.project, customer_id: card.customer_id }
  useEffect(() => {
    const params = { path: { ...path, merged_id: mergedId }, query: minPosition() }
    body(api.GET('/api/projects/{project}/customers/{customer_id}/separation/{merged_id}', { params })).then(
      take,
      (fault) => {
        complain(fault)
        close()
      },
    )
  }, [mergedId])
  const separate = async () => {
    try {
      await command(`${CUSTOMER}/unmerge`, path, { merged_id: mergedId })
      say(w.unmerged)
      close()
    } catch (fault) {
      complain(fault)
    }
  }
  return (
    <Dialog title={w.unmergeTitle} close={close} wide>
      <div class="fields">
        <p class="soft">{w.unmergeHint}</p>
        {apart ? (
          <div class="facets">
            <Facets card={card} title={w.unmergeNow} />
            <Facets card={apart.stays} title={w.unmergeStays} />
            <Facets card={apart.leaves} title={w.unmergeLeaves} />
          </div>
        ) : (
          <p class="soft">{common().loading}</p>
        )}
        <div class="row end">
          <button type="button" onClick={close}>
            {common().cancel}
          </button>
          <button type="button" class="primary" disabled={!apart} onClick={() => void separate()}>
            {w.unmergeDo}
          </button>
        </div>
      </div>
    </Dialog>
  )
}
