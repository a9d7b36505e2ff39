/** A button that opens a menu (WAI-ARIA Authoring Practices): arrows move, Escape closes, a letter jumps. */
import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks'

export interface MenuItem {
  key: string
  text: ComponentChildren
  run: () => void
  checked?: boolean
  /** A line above it. */
  apart?: boolean
}

interface Props {
  label: ComponentChildren
  name?: string
  items: readonly MenuItem[]
  class?: string
  /** Opens it from elsewhere, as by a key: each new number opens it once. */
  opened?: number
}

export function Menu({ label, name, items, class: look = '', opened = 0 }: Props) {
  const [open, show] = useState(false)
  const root = useRef<HTMLDivElement>(null)
  const id = useId()
  const entries = () => [...(root.current?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? [])]
  const close = () => {
    show(false)
    root.current?.querySelector('button')?.focus()
  }
  useLayoutEffect(() => {
    if (opened) show(true)
  }, [opened])
  useLayoutEffect(() => {
    if (!open) return
    const all = entries()
    ;(all.find((one) => one.ariaChecked === 'true') ?? all[0])?.focus()
    const away = (event: Event) => root.current?.contains(event.target as Node) || show(false)
    document.addEventListener('pointerdown', away)
    return () => document.removeEventListener('pointerdown', away)
  }, [open])
  const onKeyDown = (event: KeyboardEvent) => {
    if (!open) return
    const all = entries()
    const at = all.indexOf(document.activeElement as HTMLElement)
    const to: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }
    const next = to[event.key]
    if (next !== undefined) all.at(next % all.length)?.focus()
    else if (event.key === 'Escape') close()
    else if (event.key === 'Tab') show(false)
    else if (event.key.length === 1 && event.key !== ' ')
      all.find((one) => one.textContent?.trim().toLowerCase().startsWith(event.key.toLowerCase()))?.focus()
    else return
    if (event.key !== 'Tab') event.preventDefault()
    event.stopPropagation()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the menu inside
    <div class={`menu ${look}`} ref={root} onKeyDown={onKeyDown}>
      <button
        type="button"
        class="menu-button"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => show(!open)}
      >
        {name && <span class="unseen">{name}</span>}
        <span class="menu-label" aria-hidden={name ? true : undefined}>
          {label}
        </span>
      </button>
      {open && (
        <div class="menu-list" role="menu" id={id} aria-label={name}>
          {items.map((item) => (
            // biome-ignore lint/a11y/useAriaPropsSupportedByRole: checked only where the role is a radio's
            <button
              key={item.key}
              type="button"
              role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
              aria-checked={item.checked}
              tabindex={-1}
              class={item.apart ? 'menu-item apart' : 'menu-item'}
              onClick={() => {
                close()
                item.run()
              }}
            >
              {item.text}
            </button>
          ))}
        </div>
      )}
    </div>
  )
}
