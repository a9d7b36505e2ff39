/** Every version that was applied: when, by whom, what it changed. */
import type { Version } from '../../api/schema'
import { slowly } from '../../app/now'
import { whoIs } from '../../floor/names'
import { common } from '../../ui/words'
import { fullTime, shortTime } from '../../words/locale'
import { said } from './wording'
import { policyWords } from './words'

/** Versions, and changes of each, shown at once. */
const [MOST, MOST_CHANGES] = [50, 12]

function One({ version, open }: { version: Version; open: (revision: number) => void }) {
  const w = policyWords()
  return (
    <li>
      <div class="row between">
        <p>
          <strong>{w.revision(version.revision)}</strong>{' '}
          <span class="soft">
            <time dateTime={version.at} title={fullTime(version.at)}>
              {shortTime(version.at, slowly.value)}
            </time>{' '}
            {w.by(whoIs(version.actor))}
          </span>
        </p>
        <button
          type="button"
          class="link"
          aria-label={w.openOf(version.revision)}
          onClick={() => open(version.revision)}
        >
          {w.open}
        </button>
      </div>
      {version.changes.length === 0 ? (
        <p class="soft">{version.revision === 1 ? w.first : w.noChanges}</p>
      ) : (
        <ul class="changes">
          {version.changes.slice(0, MOST_CHANGES).map((change) => (
            <li key={`${change.path} ${change.said}`}>{said(change.said, change.wording)}</li>
          ))}
        </ul>
      )}
      {version.changes.length > MOST_CHANGES && <p class="soft">{w.more(version.changes.length - MOST_CHANGES)}</p>}
    </li>
  )
}

export function History({ versions, open }: { versions: Version[] | null; open: (revision: number) => void }) {
  const w = policyWords()
  return (
    <section class="panel" aria-label={w.history}>
      <h2>{w.history}</h2>
      {versions === null && <p class="soft">{common().loading}</p>}
      <ol class="history">
        {versions?.slice(0, MOST).map((version) => (
          <One key={version.revision} version={version} open={open} />
        ))}
      </ol>
    </section>
  )
}
