/** Commands by the paths that the API describes: a path, parameter or body that it no longer has is a type error. */
import { send } from './outbox'
import type { Accepted, paths } from './schema'

type Answered = { responses: { 200: { content: { 'application/json': Accepted } } } }
/** The paths whose POST is a command. */
export type CommandPath = { [P in keyof paths]: paths[P] extends { post: Answered } ? P : never }[keyof paths]
type Post<P extends CommandPath> = paths[P] extends { post: infer O } ? O : never
type Named<P extends CommandPath> = Post<P> extends { parameters: { path: infer N } } ? N : Record<string, never>
type Carried<P extends CommandPath> =
  Post<P> extends { requestBody: { content: { 'application/json': infer B } } } ? B : undefined

/** Send a command, at once or as soon as the server can be reached. Raises `Problem` for a refusal. */
export function command<P extends CommandPath>(
  path: P,
  names: Named<P>,
  ...[body]: Carried<P> extends undefined ? [] : [Carried<P>]
): Promise<Accepted> {
  const filled = Object.entries(names as Record<string, string>).reduce<string>(
    (whole, [name, value]) => whole.replace(`{${name}}`, encodeURIComponent(value)),
    path,
  )
  return send(filled, body ?? {})
}
