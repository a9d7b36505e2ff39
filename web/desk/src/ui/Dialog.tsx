/** A modal dialog: the browser's own, which keeps the focus inside and gives it back, and closes on Escape. */
import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { Icon } from './Icon'
import { common } from './words'

interface Props {
  title: string
  close: () => void
  children: ComponentChildren
  wide?: boolean
  /** False for one that can only be answered. */
  closable?: boolean
}

export function Dialog({ title, close, children, wide, closable = true }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  // before it is drawn, and taken away with it: the very next key is meant for whatever is seen then
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      class={wide ? 'dialog wide' : 'dialog'}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        close()
      }}
    >
      <div class="dialog-head">
        <h2 id={id}>{title}</h2>
        {closable && (
          <button type="button" class="quiet square" onClick={close} aria-label={common().close}>
            <Icon name="close" />
          </button>
        )}
      </div>
      {children}
    </dialog>
  )
}
