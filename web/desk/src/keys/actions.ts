/**
 * What can be done by a key or from the palette. Components register what they offer while they are on the screen; a
 * person may give each action another key. Plain letters work outside of inputs only, and Alt is never used: with it
 * many keyboards write letters of their languages.
 */
import { computed, signal } from '@preact/signals'
import { useLayoutEffect } from 'preact/hooks'
import { recalled, remember } from '../app/remembered'

/** A key that there is, on whatever page it works: declared in a `keys.ts`, so that it can be changed anywhere. */
export interface DeclaredKey {
  id: string
  title: () => string
  group: () => string
  /** As in `r`, `?`, `mod+k`, `ctrl+shift+a`; `mod` is Ctrl or ⌘. None: from the palette alone. */
  keys?: string
}

export interface Action {
  id: string
  run: () => void
  /** Where no `keys.ts` declares it, or it is called otherwise just now. */
  title?: string
  group?: string
  keys?: string
}

/** An action as it is found: with its words, and with the key that it has for this person. */
export type Offered = Required<Action>

const declarations = import.meta.glob<{ keys: readonly DeclaredKey[] }>('../**/keys.ts', { eager: true })
/** Every key that can be changed. */
export const catalogue: readonly DeclaredKey[] = Object.values(declarations).flatMap((one) => one.keys)
const declared = new Map(catalogue.map((one) => [one.id, one]))

const shelves = signal<readonly (readonly Action[])[]>([])
/** A person's own keys, by action. */
export const remapped = signal<Record<string, string>>(recalled('keys', {}))

export const keysOf = (id: string, otherwise = ''): string => remapped.value[id] ?? declared.get(id)?.keys ?? otherwise

export const actions = computed<readonly Offered[]>(() => {
  // what was put on last hides what it shares a name with
  const byId = new Map(shelves.value.flat().map((action) => [action.id, action]))
  return [...byId.values()].map((action) => ({
    id: action.id,
    run: action.run,
    title: action.title ?? declared.get(action.id)?.title() ?? action.id,
    group: action.group ?? declared.get(action.id)?.group() ?? '',
    keys: keysOf(action.id, action.keys),
  }))
})

export function offer(given: readonly Action[]): () => void {
  shelves.value = [...shelves.peek(), given]
  return () => {
    shelves.value = shelves.peek().filter((shelf) => shelf !== given)
  }
}

/**
 * Offer actions while a component is on the screen; `about` says what they depend on. With the page, not after it was
 * drawn: on a slow computer the next key comes first.
 */
export function useActions(make: () => readonly Action[], about: readonly unknown[]): void {
  useLayoutEffect(() => offer(make()), about)
}

/** Give an action another key; the action that had it keeps none. An empty key takes it away. */
export function remap(id: string, keys: string): void {
  const known = [...catalogue.map((one) => one.id), ...actions.value.map((one) => one.id)]
  const taken = keys ? known.filter((one) => one !== id && keysOf(one) === keys) : []
  const changed = { ...remapped.value, [id]: keys, ...Object.fromEntries(taken.map((one) => [one, ''])) }
  remember('keys', changed)
  remapped.value = changed
}

export function resetKeys(): void {
  remember('keys', {})
  remapped.value = {}
}

/** The combination that was pressed, as actions name it; empty for a modifier alone. */
export function combination(event: KeyboardEvent): string {
  if (event.key === 'Dead' || /^(Control|Shift|Alt|Meta|AltGraph)$/.test(event.key)) return ''
  const ascii = event.key.length > 1 || event.key.charCodeAt(0) < 128
  const key = ascii ? event.key.toLowerCase() : event.code.replace(/^(Key|Digit)/, '').toLowerCase()
  const held = event.ctrlKey || event.metaKey
  if (!held) return event.altKey ? '' : key
  return event.shiftKey ? `ctrl+shift+${key}` : `mod+${key}`
}

const TYPED = /^(input|textarea|select)$/i
function isTyping(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null
  return !!element && (TYPED.test(element.tagName) || element.isContentEditable)
}

/** True while a key is being chosen for an action: then no key does anything else. */
export const choosing = signal(false)

addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.isComposing || choosing.value) return
  const pressed = combination(event)
  const plain = !pressed.includes('+')
  if (!pressed || (plain && (isTyping(event.target) || document.querySelector('dialog[open]')))) return
  const action = actions.value.find((one) => one.keys === pressed)
  if (!action) return
  event.preventDefault()
  action.run()
})

const MAC = /mac|iphone|ipad/i.test(navigator.userAgent)
/** As people read it: `Ctrl + Shift + A`. */
export function shown(keys: string): string[] {
  const names: Record<string, string> = {
    mod: MAC ? '⌘' : 'Ctrl',
    ctrl: MAC ? '⌃' : 'Ctrl',
    shift: MAC ? '⇧' : 'Shift',
  }
  return keys
    .split('+')
    .map((key) => names[key] ?? (key.length === 1 ? key.toUpperCase() : key[0]?.toUpperCase() + key.slice(1)))
}
