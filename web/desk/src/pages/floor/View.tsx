/** The floor: who is there and what they do, what waits, and what those who lead do about it. */
import { ProjectChoice } from '../../floor/ProjectChoice'
import { project } from '../../floor/projects'
import { useTitle } from '../../floor/title'
import { floorWords } from '../../floor/words'
import '../../styles/floor.css'
import { People } from './People'
import { Waiting } from './Waiting'

export default function View() {
  const title = useTitle('floor')
  if (!project.value) return <p class="pad">{floorWords().noProjects}</p>
  return (
    <div class="leading">
      <header class="leading-head">
        <h1>{title}</h1>
        <ProjectChoice />
      </header>
      <People />
      <Waiting project={project.value} />
    </div>
  )
}
