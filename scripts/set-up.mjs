// What must be there before anything runs: the packages, and the compiled data. Written for any Node from 18 on, for it runs
// before the project's own Node is installed.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const isWindows = process.platform === 'win32'

/** The project's own Node: every checkout runs the same one. */
export const projectNode = join(root, 'node_modules', 'node', 'bin', isWindows ? 'node.exe' : 'node')

/** Runs a program in the project's folder; its output goes to standard error, unless it is the one asked for. */
export function run(program, args, { quiet = false, stdio = ['ignore', 2, 2], env = process.env } = {}) {
  if (!quiet)
    process.stderr.write(
      `> ${[program.startsWith(root) ? program.slice(root.length + 1) : program, ...args].join(' ')}\n`,
    )
  const { status, signal, error } = spawnSync(program, args, {
    cwd: root,
    stdio,
    env,
    shell: isWindows && program === 'npm',
  })
  if (error) process.stderr.write(`${program}: ${error.message}\n`)
  return error ? 3 : signal ? 1 : (status ?? 1)
}

function changedAt(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0
}

function newestIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce(
    (newest, entry) => Math.max(newest, changedAt(join(folder, entry.name))),
    changedAt(folder),
  )
}

/** Installs what is missing, and compiles the data and what pages load where their sources are newer. Ends the process when it cannot. */
export function setUp() {
  const installed = join(root, 'node_modules', '.package-lock.json')
  if (changedAt(installed) < changedAt(join(root, 'package-lock.json')) || !existsSync(projectNode)) {
    // Not `npm ci`: it refuses a lock file that leaves out, as npm itself writes it, the binaries of other systems.
    const status = run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'])
    if (status !== 0) {
      process.stderr.write('The packages could not be installed: see above. npm must reach its registry.\n')
      process.exit(3)
    }
  }
  const data = Math.min(changedAt(join(root, 'data', 'registry.bin')), changedAt(join(root, 'data', 'lore.bin')))
  const sources = Math.max(newestIn(join(root, 'lore')), newestIn(join(root, 'src', 'registry')), changedAt(installed))
  if (data < sources) {
    const status = run(projectNode, [join('scripts', 'compile-data.ts')])
    if (status !== 0) process.exit(status)
  }
  const locales = join(root, 'locales')
  const texts = readdirSync(locales, { withFileTypes: true })
    .map(({ name }) => join(locales, name, 'lore'))
    .filter((folder) => existsSync(folder))
    .map(newestIn)
  if (changedAt(join(root, 'data', 'lore-texts', 'en.br')) < Math.max(newestIn(join(root, 'lore')), ...texts)) {
    const status = run(projectNode, [join('scripts', 'compile-lore-texts.ts')])
    if (status !== 0) process.exit(status)
  }
  const web = join(root, 'src', 'web')
  const pages = Math.max(newestIn(join(web, 'islands')), newestIn(join(web, 'styles')), changedAt(installed))
  if (changedAt(join(root, 'data', 'assets', 'manifest.json')) < pages) {
    const status = run(projectNode, [join('scripts', 'build-assets.ts')])
    if (status !== 0) process.exit(status)
  }
}
