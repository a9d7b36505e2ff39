/** The files that go along with a reply, and the ways to add some: a button, a key, dropping and pasting. */
import type { RefObject } from 'preact'
import { Keys } from '../keys/Keys'
import { Icon } from '../ui/Icon'
import { bytes } from '../words/locale'
import { fileWords } from './file_words'
import type { Files } from './files'

/** What was dropped or pasted; nothing where there is text too, as a spreadsheet gives its cells as a picture. */
export function filesOf(given: DataTransfer | null): File[] {
  if (!given || given.types.includes('text/plain')) return []
  return [...given.files]
}

/** Where files are chosen, whatever is written just now: by its key a note is left for the reply that files go with. */
export function Chooser({ files, field }: { files: Files; field: RefObject<HTMLInputElement | null> }) {
  return (
    <input
      ref={field}
      type="file"
      multiple
      hidden
      tabIndex={-1}
      aria-label={fileWords().add}
      onChange={(event) => {
        files.add([...(event.currentTarget.files ?? [])])
        // the same file may be chosen again after it was taken away
        event.currentTarget.value = ''
      }}
    />
  )
}

export function AddFiles({ choose }: { choose: () => void }) {
  return (
    <button type="button" onClick={choose}>
      <Icon name="clip" /> {fileWords().add} <Keys of="attach" />
    </button>
  )
}

/** `back`: where the keyboard goes when a file was taken away. */
export function FilesAdded({ files, back }: { files: Files; back: () => void }) {
  const w = fileWords()
  if (files.added.value.length === 0) return null
  return (
    <ul class="files" aria-label={w.files}>
      {files.added.value.map((one) => (
        <li key={one.id} class="row">
          <Icon name="clip" size={15} />
          <bdi>{one.name}</bdi>
          <span class="soft">{bytes(one.size)}</span>
          {!one.kept && <span class="soft">{w.adding}</span>}
          <button
            type="button"
            class="quiet square"
            aria-label={w.remove(one.name)}
            onClick={() => {
              files.remove(one.id)
              back()
            }}
          >
            <Icon name="close" size={14} />
          </button>
        </li>
      ))}
    </ul>
  )
}
