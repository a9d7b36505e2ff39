/** Which of the projects that one leads is looked at; one choice for all pages, kept by the browser. */
import { computed, signal } from '@preact/signals'
import { desk } from '../agent/state'
import type { Permission, ProjectOnDesk } from '../api/schema'
import { recalled, remember } from '../app/remembered'
import { may } from '../app/session'

const chosen = signal(recalled('project', ''))

export const projectsFor = (permission: Permission): readonly ProjectOnDesk[] =>
  (desk.value?.projects ?? []).filter((project) => may(permission, project.name))

/** Those whose floor one sees. */
export const led = computed(() => projectsFor('supervise'))
/** The one that is looked at; empty while none is known. */
export const project = computed(
  () => led.value.find((one) => one.name === chosen.value)?.name ?? led.value[0]?.name ?? '',
)

export function chooseProject(name: string): void {
  remember('project', name)
  chosen.value = name
}
