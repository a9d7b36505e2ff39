/**
 * What the server tells of a document, in the desk's language. It tells it in English, and beside it as a code with
 * what it names; in another language the code is what is told.
 */
import type { Wording } from '../../api/schema'
import { locale } from '../../words/locale'
import { CHANGES } from './change_words'
import { FINDINGS } from './finding_words'
import { MENDINGS } from './mending_words'

const FRENCH: Record<string, string> = { ...FINDINGS, ...MENDINGS, ...CHANGES }

/** The sentence in French; null where it, or a part of it, has no words here. */
function inFrench({ code, given }: Wording): string | null {
  const words = FRENCH[code]
  if (words === undefined) return null
  const parts = Object.entries(given).map(([name, one]) => [name, typeof one === 'object' ? inFrench(one) : one])
  if (parts.some(([, one]) => one === null)) return null
  const named = new Map(parts as [string, string | number][])
  return words.replace(/\{([a-z]\w*)\}/g, (place, name: string) => String(named.get(name) ?? place))
}

/** The sentence in the desk's language: the server's own words where there are none for it. */
export const said = (english: string, wording: Wording): string =>
  (locale.value === 'fr' && inFrench(wording)) || english
