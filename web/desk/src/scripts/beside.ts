/** The scripts for one conversation and where each stands, as the log has them. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { api, body } from '../api/client'
import { command } from '../api/commands'
import type { ScriptBeside, WorkItem } from '../api/schema'
import { listen } from '../live/live'
import { complain } from '../ui/toasts'

const BESIDE = '/api/projects/{project}/interactions/{interaction_id}/scripts'

/** `domain/centre/scripts.py` */
interface Step {
  say: string
  hint: string | null
  choices: Record<string, { title: string; then: string | null }>
}
export interface Content {
  title: string
  start: string
  steps: Record<string, Step>
}
/** As the API's types have it, which know no pairs: each of `path` is a step and the choice that was picked there. */
export type Run = Omit<ScriptBeside, 'path'> & { path: readonly (readonly string[])[] }
export const contentOf = (script: Run): Content => script.content as unknown as Content
export const stepOf = (script: Run): Step | undefined => contentOf(script).steps[script.step]

export interface Beside {
  scripts: readonly Run[]
  answer: (script: Run, given: { choice?: string; words?: string }) => Promise<boolean>
  back: (script: Run) => Promise<boolean>
}

export function useScripts(item: WorkItem): Beside {
  const [scripts, take] = useState<readonly Run[]>([])
  const asked = useRef(0)
  const path = { project: item.project, interaction_id: item.interaction_id }
  const read = async () => {
    asked.current += 1
    const mine = asked.current
    const told = await body(api.GET(BESIDE, { params: { path } })).catch(() => null)
    if (told && mine === asked.current) take(told.items)
  }
  useEffect(() => {
    void read()
    const stop = listen((said) => {
      if (said.kind === 'hello' || said.kind === 'reset') void read()
      else if (said.kind === 'event' && /^(script|project)\./.test(said.event.type)) void read()
    })
    return () => {
      asked.current += 1
      stop()
    }
  }, [item.interaction_id, item.status])
  const done = async (asking: Promise<unknown>): Promise<boolean> => {
    try {
      await asking
      return true
    } catch (fault) {
      complain(fault)
      return false
    } finally {
      await read()
    }
  }
  return {
    scripts,
    answer: (script, { choice, words }) =>
      done(
        command(
          `${BESIDE}/{script}/answer`,
          { ...path, script: script.script },
          { version: script.version, step: script.step, choice: choice ?? null, words: words ?? '' },
        ),
      ),
    back: (script) => done(command(`${BESIDE}/{script}/back`, { ...path, script: script.script })),
  }
}
