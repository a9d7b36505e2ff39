/** Where people sit and when it is open. */
import { useTitle } from '../../floor/title'
import '../../styles/floor.css'
import { OpeningHours } from './OpeningHours'
import { Sites } from './Sites'

export default function View() {
  const title = useTitle('sites')
  return (
    <div class="leading">
      <header class="leading-head">
        <h1>{title}</h1>
      </header>
      <Sites />
      <OpeningHours />
    </div>
  )
}
