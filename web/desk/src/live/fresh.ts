/** What a page shows of the server's read models, read afresh when live events say that it has changed. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { complain } from '../ui/toasts'
import { listen } from './live'

/** Milliseconds between two reads at least: a busy centre has many events a second. */
const PAUSE = 700
/** So many times as long as a read took it rests: what is much to read, as thousands of agents are, is read less often. */
const RESTS = 4

/**
 * What `ask` answers, asked again after events whose type matches `when`, and the way to ask at once. `about` says what
 * it depends on; null until the first answer.
 */
export function useFresh<T>(ask: () => Promise<T>, when: RegExp, about: readonly unknown[]): [T | null, () => void] {
  const [told, take] = useState<T | null>(null)
  const asking = useRef(ask)
  asking.current = ask
  const again = useRef<() => void>(() => {})
  useEffect(() => {
    let gone = false
    let busy = false
    let wanted = false
    let timer = 0
    let pause = PAUSE
    const read = async () => {
      if (busy) {
        wanted = true
        return
      }
      busy = true
      const began = performance.now()
      try {
        const answer = await asking.current()
        if (!gone) take(answer)
      } catch (fault) {
        if (!gone) complain(fault)
      }
      busy = false
      pause = Math.max(PAUSE, RESTS * (performance.now() - began))
      if (wanted && !gone) later()
      wanted = false
    }
    const later = () => {
      timer ||= setTimeout(() => {
        timer = 0
        void read()
      }, pause)
    }
    again.current = () => void read()
    take(null)
    void read()
    const over = listen((said) => {
      if (said.kind === 'hello' || said.kind === 'reset') later()
      else if (said.kind === 'event' && when.test(said.event.type)) later()
    })
    return () => {
      gone = true
      clearTimeout(timer)
      over()
    }
  }, about)
  return [told, () => again.current()]
}
