/**
 * What this browser remembers: a person's choices, and what is on its way to the server. Whatever concerns customers
 * is forgotten at signing out (`forgetWork`); a browser that refuses storage only forgets sooner.
 */
const PREFIX = 'trunkline.'
const WORK = `${PREFIX}work.`

function key(name: string): string {
  return PREFIX + name
}

export function recalled<T>(name: string, otherwise: T): T {
  try {
    const kept = localStorage.getItem(key(name))
    return kept === null ? otherwise : (JSON.parse(kept) as T)
  } catch {
    return otherwise
  }
}

/** False where the browser has no room for it. */
export function remember(name: string, value: unknown): boolean {
  try {
    localStorage.setItem(key(name), JSON.stringify(value))
    return true
  } catch {
    return false
  }
}

export function forget(name: string): void {
  try {
    localStorage.removeItem(key(name))
  } catch {
    // a browser without storage has nothing to forget
  }
}

/** Forget everything under `work.`: drafts not yet sent, requests on their way, what has been read. */
export function forgetWork(): void {
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith(WORK)) localStorage.removeItem(name)
  } catch {
    // see above
  }
}
