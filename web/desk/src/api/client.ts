/** The server's API, typed by its own description. Every answer that is no success is thrown as a `Problem`. */
import createClient, { type Middleware } from 'openapi-fetch'
import { readClock } from '../app/now'
import type { paths } from './schema'

/** RFC 9457, as `web/problem.py` tells it; `code` 0 and `offline` stand for a server that was not reached. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly retryAfter = 0,
  ) {
    super(detail)
  }

  /** Whether the same request may be tried again: nobody knows that it was refused for good. */
  get passing(): boolean {
    return this.status === 0 || this.status === 503 || this.status === 429
  }
}

let csrf = ''
let signedOut: () => void = () => {}
/** The last log position that one of our own commands led to: what is asked for afterwards shows at least that. */
let written = 0

export const setCsrf = (token: string): void => {
  csrf = token
}
export const onSignedOut = (told: () => void): void => {
  signedOut = told
}
export const seen = (position: number): void => {
  written = Math.max(written, position)
}
export const minPosition = (): { min_position: number } => ({ min_position: written })

export async function problemOf(response: Response): Promise<Problem> {
  const told = (await response.json().catch(() => null)) as { code?: string; detail?: string } | null
  const wait = Number(response.headers.get('Retry-After')) || 0
  return new Problem(response.status, told?.code ?? 'fault', told?.detail ?? response.statusText, wait)
}

const guarding: Middleware = {
  onRequest({ request }) {
    if (request.method !== 'GET' && csrf) request.headers.set('X-CSRF-Token', csrf)
    return request
  },
  async onResponse({ response, request }) {
    readClock(response.headers.get('Date'))
    if (response.ok) return undefined
    if (response.status === 401 && !request.url.endsWith('/api/session')) signedOut()
    throw await problemOf(response)
  },
  onError() {
    return new Problem(0, 'offline', '')
  },
}

export const api = createClient<paths>({ baseUrl: location.origin, credentials: 'same-origin' })
api.use(guarding)

/** The body of an answer that came, since every other one was thrown. */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T
}

/** The headers of a command: a repetition under the same key is answered like the first and changes nothing more. */
export const once = (key: string = crypto.randomUUID()): { 'Idempotency-Key': string } => ({ 'Idempotency-Key': key })
