/** The people of the centre: what they can do, what of it ends, and who can sign in. */
import { may } from '../../app/session'
import { useTitle } from '../../floor/title'
import '../../styles/floor.css'
import { Accounts } from './Accounts'
import { Certifications } from './Certifications'
import { Skills } from './Skills'

export default function View() {
  const title = useTitle('staff')
  return (
    <div class="leading">
      <header class="leading-head">
        <h1>{title}</h1>
      </header>
      {may('supervise') && <Certifications />}
      {may('read_configuration') && <Skills />}
      {may('accounts') && <Accounts />}
    </div>
  )
}
