/** A meeting in a calendar that came with a mail: what is asked, when and where. It is shown, never accepted by itself. */
import type { MeetingView } from '../api/schema'
import { Icon } from '../ui/Icon'
import { dayName, fullTime } from '../words/locale'
import { meetingWords } from './meeting_words'

/** A day, or a time; what is meant by the clock of the sender's wall says whose it is. */
function when(moment: string, zone: string): string {
  if (moment.length <= 10) return moment && dayName(moment)
  return zone ? `${fullTime(moment)} (${zone})` : fullTime(moment)
}

export function Meeting({ meeting }: { meeting: MeetingView }) {
  const w = meetingWords()
  const titles = {
    REQUEST: w.REQUEST,
    CANCEL: w.CANCEL,
    REPLY: w.REPLY,
    COUNTER: w.COUNTER,
    DECLINECOUNTER: w.DECLINECOUNTER,
  }
  const begins = when(meeting.begins, meeting.zone)
  const ends = when(meeting.ends, meeting.zone)
  return (
    <section class="meeting" aria-label={w.meeting}>
      <p>
        <Icon name="clock" size={15} /> {titles[meeting.method as keyof typeof titles] ?? w.meeting}{' '}
        {meeting.organizer && <bdi class="soft">{w.from(meeting.organizer)}</bdi>}
      </p>
      <p>
        <strong>
          <bdi>{meeting.summary || w.untitled}</bdi>
        </strong>
      </p>
      {begins && <p>{ends && ends !== begins ? w.until(begins, ends) : begins}</p>}
      {meeting.place && (
        <p>
          <bdi>{meeting.place}</bdi>
        </p>
      )}
      {meeting.repeats && (
        <p class="soft">
          {w.repeats} <bdi>{meeting.repeats}</bdi>
        </p>
      )}
      {meeting.method === 'REQUEST' && <p class="soft">{w.answered}</p>}
    </section>
  )
}
