/** Line icons of one family, drawn for this desk on a 20-pixel grid. They say nothing by themselves: text stands by. */
const PATHS = {
  work: 'M3 5.5h14v9H3zM3 11h4l1.2 2h3.6L13 11h4',
  search: 'M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4zM13 13l4 4',
  settings: 'M4 6h6M14 6h2M4 14h2M10 14h6M12 4v4M8 12v4',
  mail: 'M3 5h14v10H3zM3 6l7 5 7-5',
  sms: 'M3 4h14v9H9l-4 3.5V13H3z',
  voice:
    'M5 3h3l1.2 3.5L7.5 8c.8 1.8 2.2 3.300 4 4l1.500-1.700L16.500 11.500v3c0 1-.8 1.700-1.700 1.600C8.500 15.500 4 11 3.500 4.700 3.400 3.800 4 3 5 3z',
  callback:
    'M12 3h5v5M17 3l-5.500 5.500M5 4h2.500l1 3L7 8.300c.7 1.500 1.900 2.700 3.400 3.400l1.400-1.500 3 1V14c0 .9-.7 1.500-1.500 1.400C7.800 14.900 4 11 3.500 5.600 3.400 4.700 4 4 5 4z',
  note: 'M4 3h12v9l-4 4H4zM12 16v-4h4M7 7h6M7 10h3',
  check: 'M4 10.500l4 4 8-9',
  close: 'M5 5l10 10M15 5L5 15',
  chevron: 'M6 8l4 4 4-4',
  person: 'M10 3.500a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM4 16.500c.6-3 3-4.500 6-4.500s5.400 1.500 6 4.500',
  handover: 'M3 7h11M11 4l3 3-3 3M17 13H6M9 10l-3 3 3 3',
  merge: 'M5 3v4c0 3 5 3 5 6v4M15 3v4c0 3-5 3-5 6',
  keyboard: 'M2.500 5h15v10h-15zM5 8h.1M8 8h.1M11 8h.1M14 8h.1M6 12h8',
  bell: 'M5 14V9a5 5 0 0 1 10 0v5l1.500 1H3.500zM8.500 17h3',
  clock: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 6v4l3 2',
  send: 'M3 10l14-6-5 13-2.500-5.500z',
  warning: 'M10 3l7.500 13.500h-15zM10 8v4M10 14.300v.1',
  offline:
    'M3 3l14 14M5 8.500a8 8 0 0 1 2.500-1.600M10 6c2 0 3.700.9 5 2.500M7.500 11.500A4 4 0 0 1 9 10.600M10 15.300v.1',
  plus: 'M10 4v12M4 10h12',
  board: 'M3 16V4M3 16h14M6.500 13V9M10 13V6M13.500 13v-3',
  people:
    'M7 4a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5zM2 15.500c.4-2.800 2.300-4 5-4s4.600 1.200 5 4M13 4.500a2.500 2.500 0 0 1 0 4.500M14.500 11.500c2 .4 3.200 1.700 3.500 4',
  help: 'M7.500 7.500a2.500 2.500 0 1 1 3.600 2.200c-.8.4-1.100.9-1.100 1.800M10 14.300v.1',
  more: 'M10 5v.1M10 10v.1M10 15v.1',
  site: 'M4 17V4h8v13M12 8h4v9M2.500 17h15M6.500 7h3M6.500 10h3M6.500 13h3',
  policy: 'M5 3h7l3 3v11H5zM12 3v3h3M7.500 9.500h5M7.500 12.500h5',
  image: 'M3 4h14v12H3zM3 13l4-4 4 4 2-2 4 4M13 7.500v.1',
  out: 'M8 4H4v12h4M8 10h9M14 7l3 3-3 3',
  ticket: 'M3 6h14v3a1.200 1.200 0 0 0 0 2.400V14H3v-2.600A1.200 1.200 0 0 0 3 9zM12 6v8',
  clip: 'M14.500 8.500l-5.300 5.300a3 3 0 0 1-4.200-4.200l6-6a2 2 0 0 1 2.800 2.800l-5.700 5.700a1 1 0 0 1-1.400-1.400l4.800-4.800',
  hold: 'M7 4v12M13 4v12',
  mute: 'M8 4h4v6H8zM5 9c0 6 10 6 10 0M10 13.500V17M3 3l14 14',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  )
}

const CHANNELS: Record<string, IconName> = { email: 'mail', sms: 'sms', voice: 'voice', callback: 'callback' }
export const channelIcon = (channel: string): IconName => CHANNELS[channel] ?? 'sms'
