/** Light or dark: as the system is set, unless one was chosen here. */
import { signal } from '@preact/signals'
import { recalled, remember } from './remembered'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

export const theme = signal<Theme>(recalled<Theme>('theme', 'system'))

export function wear(chosen: Theme): void {
  remember('theme', chosen)
  theme.value = chosen
  if (chosen === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = chosen
}
wear(theme.value)
