// `npm start`: sets up what is missing, then runs Portolan: with no words, the server with the directory of this machine.
import { join } from 'node:path'
import { projectNode, root, run, setUp } from './set-up.mjs'

setUp()
const words = process.argv.slice(2)
process.exitCode = run(
  projectNode,
  [join(root, 'bin', 'portolan.cjs'), ...(words.length === 0 ? ['serve', '--load'] : words)],
  {
    quiet: true,
    stdio: 'inherit',
  },
)
