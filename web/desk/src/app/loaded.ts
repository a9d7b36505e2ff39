/** What is loaded after the page: asked for again, after growing pauses, where the server cannot be reached just now. */
const FIRST_PAUSE = 1_000
const LONGEST_PAUSE = 30_000

export async function loaded<T>(load: () => Promise<T>): Promise<T> {
  for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    try {
      return await load()
    } catch {
      await new Promise((go) => setTimeout(go, pause))
    }
  }
}
