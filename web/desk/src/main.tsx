import { render } from 'preact'
import './styles/desk.css'
import './styles/work.css'
import './styles/matter.css'
import './styles/phone.css'
import './app/theme'
import { App } from './app/App'

const root = document.getElementById('desk')
if (root) render(<App />, root)
