/** The documents of centres and projects: read, looked at, applied on the revision that was seen. */
import { desk } from '../agent/state'
import { api, body, once, seen } from '../api/client'
import type { Configured, Review, Version, VersionDocument } from '../api/schema'
import { may } from '../app/session'

/** Which document: `centre` and `project` have paths of their own, and are otherwise alike. */
export interface Subject {
  kind: 'centre' | 'project'
  name: string
}

type Given = Record<string, unknown>

/** Those that one may change, centres first. */
export function subjects(): { subject: Subject; title: string }[] {
  const centres = may('configure') ? Object.entries(desk.value?.centres ?? {}) : []
  const projects = (desk.value?.projects ?? []).filter((one) => may('configure', one.name))
  return [
    ...centres.map(([name, title]) => ({ subject: { kind: 'centre' as const, name }, title })),
    ...projects.map((one) => ({ subject: { kind: 'project' as const, name: one.name }, title: one.title })),
  ]
}

export function current({ kind, name }: Subject): Promise<Configured> {
  return kind === 'centre'
    ? body(api.GET('/api/centres/{centre}', { params: { path: { centre: name } } }))
    : body(api.GET('/api/projects/{project}/configuration', { params: { path: { project: name } } }))
}

export function review({ kind, name }: Subject, yaml: string): Promise<Review> {
  const given = { body: { yaml } }
  return kind === 'centre'
    ? body(api.POST('/api/centres/{centre}/review', { params: { path: { centre: name } }, ...given }))
    : body(api.POST('/api/projects/{project}/configuration/review', { params: { path: { project: name } }, ...given }))
}

/** Raises `Problem` 409 where somebody else was faster. */
export async function apply({ kind, name }: Subject, document: Given, revision: number): Promise<void> {
  const given = { body: { document, expected_revision: revision }, headers: once() }
  const accepted =
    kind === 'centre'
      ? await body(api.PUT('/api/centres/{centre}', { params: { path: { centre: name } }, ...given }))
      : await body(api.PUT('/api/projects/{project}/configuration', { params: { path: { project: name } }, ...given }))
  seen(accepted.position)
}

/** Change the document in force: what `how` makes of it. Raises `Problem`. */
export async function change(subject: Subject, how: (document: Given) => Given): Promise<void> {
  const known = await current(subject)
  await apply(subject, how(known.document), known.revision)
}

/** The latest first. */
export async function versions({ kind, name }: Subject): Promise<Version[]> {
  const told =
    kind === 'centre'
      ? await body(api.GET('/api/centres/{centre}/versions', { params: { path: { centre: name } } }))
      : await body(api.GET('/api/projects/{project}/configuration/versions', { params: { path: { project: name } } }))
  return told.items
}

export function version({ kind, name }: Subject, revision: number): Promise<VersionDocument> {
  return kind === 'centre'
    ? body(api.GET('/api/centres/{centre}/versions/{revision}', { params: { path: { centre: name, revision } } }))
    : body(
        api.GET('/api/projects/{project}/configuration/versions/{revision}', {
          params: { path: { project: name, revision } },
        }),
      )
}
