/**
 * A component that is loaded when it is first shown; what could not be loaded can be tried again. A quiet one shows
 * nothing until it is there, and is tried again by itself.
 */
import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { common } from '../ui/words'
import { loaded } from './loaded'

type Loaded<P> = ComponentType<P> | 'failed' | null

export function lazy<P extends object>(
  load: () => Promise<{ default: ComponentType<P> }>,
  quiet = false,
): ComponentType<P> {
  const get = quiet ? () => loaded(load) : load
  let known: ComponentType<P> | null = null
  return function Lazy(props: P) {
    const [found, take] = useState<Loaded<P>>(() => known)
    const [tries, retry] = useState(0)
    useEffect(() => {
      if (known) return
      get().then(
        (module) => {
          known = module.default
          take(() => module.default)
        },
        () => take('failed'),
      )
    }, [tries])
    if (quiet && found === null) return null
    if (found === 'failed') {
      return (
        <p class="pad">
          {common().offline}{' '}
          <button
            type="button"
            onClick={() => {
              take(null)
              retry(tries + 1)
            }}
          >
            {common().again}
          </button>
        </p>
      )
    }
    const View = found
    return View ? (
      <View {...props} />
    ) : (
      <p class="pad soft" role="status">
        {common().loading}
      </p>
    )
  }
}
