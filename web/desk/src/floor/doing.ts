/** Carrying a command out: true once the server has taken it; a refusal is told in its words. */
import { complain, say } from '../ui/toasts'

export async function done(under: Promise<unknown>, told = ''): Promise<boolean> {
  try {
    await under
    if (told) say(told)
    return true
  } catch (fault) {
    complain(fault)
    return false
  }
}
