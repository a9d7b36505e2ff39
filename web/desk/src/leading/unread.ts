/** How many messages of colleagues came that nobody has looked at. */
import { signal } from '@preact/signals'

export const unread = signal(0)
