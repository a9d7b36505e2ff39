/**
 * Files that are on their way to the server, kept by this browser until they are there: in IndexedDB, since nothing
 * else holds megabytes across a reload. A browser that refuses it keeps them as long as the page lives.
 */
export interface KeptFile {
  id: string
  /** Whose it is: it goes out in nobody else's name. */
  account: string
  project: string
  interaction_id: string
  name: string
  type: string
  content: Blob
}

const STORE = 'files'

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open('trunkline', 1)
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: 'id' })
    asked.onsuccess = () => resolve(asked.result)
    asked.onerror = () => reject(asked.error)
  })
}

/** Do one thing with the store; what it gave, or `otherwise` where the browser has none. */
async function withStore<T>(how: (store: IDBObjectStore) => IDBRequest<T>, otherwise: T): Promise<T> {
  try {
    const database = await opened()
    try {
      return await new Promise<T>((resolve, reject) => {
        const request = how(database.transaction(STORE, 'readwrite').objectStore(STORE))
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    } finally {
      database.close()
    }
  } catch {
    return otherwise
  }
}

export const keepFile = async (file: KeptFile): Promise<void> => {
  await withStore<IDBValidKey>((store) => store.put(file), file.id)
}
export const forgetFile = (id: string): Promise<undefined> => withStore((store) => store.delete(id), undefined)
export const keptFiles = (): Promise<KeptFile[]> => withStore<KeptFile[]>((store) => store.getAll(), [])
/** As at signing out: they are a customer's. */
export const forgetFiles = (): Promise<undefined> => withStore((store) => store.clear(), undefined)
