/** The desk: signing in, or everything else; signing in again lies over what one was doing. */

import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { SignIn } from '../sign_in/SignIn'
import { Toasts } from '../ui/toasts'
import { Shell } from './Shell'
import { introduce, me, standing } from './session'
import { shellWords } from './words'

const away = signal(false)

async function begin(): Promise<void> {
  try {
    await introduce()
    away.value = false
  } catch {
    away.value = true
    setTimeout(begin, 2_000)
  }
}

export function App() {
  useEffect(() => void begin(), [])
  const w = shellWords()
  if (standing.value === 'unknown') {
    return (
      <p class="starting" role="status">
        {away.value ? w.unreachable : w.starting}
      </p>
    )
  }
  return (
    <>
      {me.value && <Shell />}
      {standing.value !== 'signed_in' && <SignIn again={me.value !== null} />}
      <Toasts />
    </>
  )
}
