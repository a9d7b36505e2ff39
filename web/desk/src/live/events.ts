/** What comes over the live stream, and how it is handed on: events of the log, and what became of the connection. */
import type { Shown, WallboardView } from '../api/schema'

export type LiveEvent =
  /** An event of the log that concerns us. */
  | { kind: 'event'; event: Shown }
  /** A wallboard that was asked for, as it has changed; at most one a second. */
  | { kind: 'wallboard'; board: WallboardView }
  /** The stream is complete from this position on; `resumed`: what was missed follows. */
  | { kind: 'hello'; position: number; resumed: boolean }
  /** Too much was missed: read everything afresh. */
  | { kind: 'reset'; position: number }
  /** The connection is away; it is being tried again. */
  | { kind: 'lost' }
  /** The session has ended: nobody tries again until somebody has signed in. */
  | { kind: 'refused' }
