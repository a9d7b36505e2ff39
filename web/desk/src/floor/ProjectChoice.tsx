/** Choosing the project whose floor one sees; nothing where there is only one. */

import { chooseProject, led, project } from './projects'
import { floorWords } from './words'

export function ProjectChoice() {
  if (led.value.length < 2) return null
  return (
    <label class="choice">
      <span class="unseen">{floorWords().project}</span>
      <select value={project.value} onChange={(event) => chooseProject(event.currentTarget.value)}>
        {led.value.map((one) => (
          <option key={one.name} value={one.name}>
            {one.title}
          </option>
        ))}
      </select>
    </label>
  )
}
