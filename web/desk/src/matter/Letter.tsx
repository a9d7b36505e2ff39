/**
 * A customer's mail: its text, or the mail as it was written. That one is a document of its own in a frame without
 * scripts, forms or access to anything, and without remote images until somebody asks for them.
 */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { api, body } from '../api/client'
import type { LetterView, TimelineEntry } from '../api/schema'
import { Icon } from '../ui/Icon'
import { bytes } from '../words/locale'
import { Meeting } from './Meeting'
import { matterWords } from './words'

const TALLEST = 1200

function Frame({ src }: { src: string }) {
  const frame = useRef<HTMLIFrameElement>(null)
  const fit = () => {
    // the frame has no scripts; without an origin of ours its height could not be known
    const inside = frame.current?.contentDocument?.documentElement
    if (frame.current && inside) frame.current.style.height = `${Math.min(inside.scrollHeight + 4, TALLEST)}px`
  }
  return (
    <iframe
      ref={frame}
      class="letter"
      title={matterWords().mailFrame}
      src={src}
      sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox"
      referrerpolicy="no-referrer"
      onLoad={fit}
    />
  )
}

export function Letter({ entry, project, text }: { entry: TimelineEntry; project: string; text: ComponentChildren }) {
  const w = matterWords()
  const [letter, take] = useState<LetterView | null>(null)
  const [html, showHtml] = useState(false)
  const [images, showImages] = useState(false)
  const path = { project, interaction_id: entry.interaction_id, position: entry.position }
  const base = `/api/projects/${project}/interactions/${entry.interaction_id}/messages/${entry.position}`
  useEffect(() => {
    body(
      api.GET('/api/projects/{project}/interactions/{interaction_id}/messages/{position}', { params: { path } }),
    ).then(take, () => take(null))
  }, [entry.position])
  if (!letter) return text
  return (
    <>
      {html ? <Frame src={`${base}/html${images ? '?images=remote' : ''}`} /> : text}
      {html && letter.remote_images > 0 && !images && (
        <p class="blocked">
          <Icon name="image" /> {w.blocked(letter.remote_images)} <span class="soft">{w.imagesWarn}</span>
          <button type="button" onClick={() => showImages(true)}>
            {w.showImages}
          </button>
        </p>
      )}
      {letter.html && (
        <button type="button" class="link" aria-pressed={html} onClick={() => showHtml(!html)}>
          {html ? w.plain : w.original}
        </button>
      )}
      {letter.meetings.map((meeting) => (
        <Meeting key={`${meeting.begins}${meeting.summary}${meeting.method}`} meeting={meeting} />
      ))}
      {letter.attachments.length > 0 && (
        <ul class="attachments" aria-label={w.attachments}>
          {letter.attachments.map((file) => (
            <li key={file.number}>
              <a href={`${base}/attachments/${file.number}`} download={file.name}>
                <bdi>{file.name}</bdi>
              </a>{' '}
              <span class="soft">
                {file.media_type}, {bytes(file.size)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
