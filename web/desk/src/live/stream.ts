/**
 * One connection to `/api/stream` that outlives its breaks: it comes back by itself and says how far it had come
 * (`Last-Event-ID`), so nothing is missed. Read by `fetch` rather than by EventSource, which gives up for good at the
 * first answer that is not a stream, such as a server's that is being restarted. HTML Living Standard section 9.2.
 */
import type { LiveEvent } from './events'

const FIRST_PAUSE = 500
const LONGEST_PAUSE = 10_000
/** The server says something at least every 15 seconds; silence for longer is a line that died unnoticed. */
const SILENCE = 40_000

interface Fields {
  event: string
  data: string
  id: string
}

export class Stream {
  #last = ''
  #ended = new AbortController()
  #again: () => void = () => {}
  #hangUp: () => void = () => {}
  /** The connection was ended here, to begin anew with other wallboards: no break that anybody need hear of. */
  #turning = false

  constructor(
    private readonly tell: (event: LiveEvent) => void,
    private boards: readonly string[] = [],
  ) {
    void this.#run()
  }

  /** Have the wallboards of these projects sent too. The stream goes on where it was: nothing is missed. */
  watch(projects: readonly string[]): void {
    if (projects.join() === this.boards.join()) return
    this.boards = projects
    this.#turning = true
    this.#hangUp()
    this.#again()
  }

  /** Try again at once, as when the network is back. */
  retry(): void {
    this.#again()
  }

  end(): void {
    this.#ended.abort()
    this.#again()
  }

  async #run(): Promise<void> {
    let pause = FIRST_PAUSE
    while (!this.#ended.signal.aborted) {
      this.#turning = false
      try {
        const said = await this.#connect()
        if (said === 'refused') return this.tell({ kind: 'refused' })
        if (said === 'heard') pause = FIRST_PAUSE
      } catch {
        // the network is away, or the server is: both look the same from here
      }
      if (this.#ended.signal.aborted) return
      if (this.#turning) continue
      this.tell({ kind: 'lost' })
      await this.#sleep(pause * (0.5 + Math.random()))
      pause = Math.min(pause * 2, LONGEST_PAUSE)
    }
  }

  async #connect(): Promise<'refused' | 'heard' | 'failed'> {
    const hungUp = new AbortController()
    const stop = () => hungUp.abort()
    this.#ended.signal.addEventListener('abort', stop)
    this.#hangUp = stop
    let silence = setTimeout(stop, SILENCE)
    try {
      const headers: Record<string, string> = { Accept: 'text/event-stream' }
      if (this.#last) headers['Last-Event-ID'] = this.#last
      const wanted = this.boards.map((project) => `wallboard=${encodeURIComponent(project)}`).join('&')
      const address = wanted ? `/api/stream?${wanted}` : '/api/stream'
      const answer = await fetch(address, { headers, signal: hungUp.signal, cache: 'no-store' })
      if (wanted && (answer.status === 403 || answer.status === 404)) {
        // a role was lost, or a project is gone: all else goes on
        this.watch([])
        return 'failed'
      }
      if (answer.status === 401 || answer.status === 403) return 'refused'
      if (!answer.ok || !answer.body) return 'failed'
      await this.#read(answer.body.pipeThrough(new TextDecoderStream()).getReader(), () => {
        clearTimeout(silence)
        silence = setTimeout(stop, SILENCE)
      })
      return 'heard'
    } finally {
      clearTimeout(silence)
      this.#ended.signal.removeEventListener('abort', stop)
      stop()
    }
  }

  async #read(reader: ReadableStreamDefaultReader<string>, alive: () => void): Promise<void> {
    let rest = ''
    let fields: Fields = { event: 'message', data: '', id: '' }
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      alive()
      const lines = (rest + value).split(/\r\n|\n|\r/)
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (line === '') {
          if (fields.data) this.#dispatch(fields)
          fields = { event: 'message', data: '', id: '' }
        } else take(fields, line)
      }
    }
  }

  #dispatch({ event, data, id }: Fields): void {
    const told = JSON.parse(data)
    const resumed = this.#last !== ''
    if (id) this.#last = id
    if (event === 'hello') this.tell({ kind: 'hello', position: told.position, resumed })
    else if (event === 'reset') this.tell({ kind: 'reset', position: told.position })
    else if (event === 'wallboard') this.tell({ kind: 'wallboard', board: told })
    else this.tell({ kind: 'event', event: told })
  }

  #sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const waiting = setTimeout(resolve, milliseconds)
      this.#again = () => {
        clearTimeout(waiting)
        resolve()
      }
    })
  }
}

function take(fields: Fields, line: string): void {
  const colon = line.indexOf(':')
  const name = colon < 0 ? line : line.slice(0, colon)
  const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
  if (name === 'data') fields.data += fields.data ? `\n${value}` : value
  else if (name === 'event' || name === 'id') fields[name] = value
}
