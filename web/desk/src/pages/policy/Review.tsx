/** What was found when a document was looked at: faults with their places, and what it would change. */
import type { DocumentFault, Review as Told } from '../../api/schema'
import { Icon } from '../../ui/Icon'
import { said } from './wording'
import { policyWords } from './words'

function Fault({ fault, goTo }: { fault: DocumentFault; goTo: (line: number) => void }) {
  const w = policyWords()
  const line = fault.line
  return (
    <li class={fault.severity === 'fault' ? 'finding bad' : 'finding warm'}>
      <Icon name="warning" size={15} />
      <div>
        <p>
          {line ? (
            <button type="button" class="link" onClick={() => goTo(line)}>
              {w.line(line)}
            </button>
          ) : (
            w.whole
          )}
          {fault.path && (
            <>
              {' · '}
              <code translate={false}>{fault.path}</code>
            </>
          )}
        </p>
        <p>{said(fault.what, fault.what_wording)}</p>
        <p class="soft">{said(fault.mend, fault.mend_wording)}</p>
      </div>
    </li>
  )
}

function Faults({ title, faults, goTo }: { title: string; faults: DocumentFault[]; goTo: (line: number) => void }) {
  if (faults.length === 0) return null
  return (
    <>
      <h2>{title}</h2>
      <ul class="findings">
        {faults.map((fault) => (
          <Fault key={`${fault.path} ${fault.line} ${fault.what}`} fault={fault} goTo={goTo} />
        ))}
      </ul>
    </>
  )
}

export function Review({ review, goTo }: { review: Told; goTo: (line: number) => void }) {
  const w = policyWords()
  const of = (severity: string) => review.faults.filter((fault) => fault.severity === severity)
  return (
    <section class="panel review" aria-label={w.changes}>
      <p role="status" class={review.applicable ? 'badge good' : 'badge bad'}>
        {review.applicable ? w.noFaults : w.countFaults(of('fault').length)}
      </p>
      <Faults title={w.faults} faults={of('fault')} goTo={goTo} />
      <Faults title={w.warnings} faults={of('warning')} goTo={goTo} />
      {review.applicable && (
        <>
          <h2>{w.changes}</h2>
          {review.changes.length === 0 && <p class="soft">{w.noChanges}</p>}
          <ul class="changes">
            {review.changes.map((change) => (
              <li key={`${change.path} ${change.said}`}>{said(change.said, change.wording)}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}
