/** Where the focus goes when something comes up. The browser's own `autofocus` is heeded once in a page's life. */
import type { RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

/** Put the focus here before it is drawn, so that no key that is pressed at once is lost. */
export function useFocus<E extends HTMLElement>(wanted = true): RefObject<E | null> {
  const place = useRef<E>(null)
  useLayoutEffect(() => {
    if (wanted) place.current?.focus()
  }, [])
  return place
}
