import type { Locale } from './locale'

/** Each language as its own speakers call it. */
export const LANGUAGES: Record<Locale, string> = { en: 'English', fr: 'Français' }
