/** What a page is called, in the window's title too. */
import { useEffect } from 'preact/hooks'
import { leadingTitles } from '../leading/words'

export function useTitle(page: keyof ReturnType<typeof leadingTitles>): string {
  const title = leadingTitles()[page]
  useEffect(() => {
    document.title = `${title} · Trunkline`
  }, [title])
  return title
}
