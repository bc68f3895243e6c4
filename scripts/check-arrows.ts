/**
 * Checks the arrows between modules (docs/architecture.md): who may use whom, and only through a module's index.ts.
 * The order of the modules below is that of the arrows: each may use those named, and nothing else of ours.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'

const MAY_USE: Readonly<Record<string, readonly string[]>> = {
  core: [],
  registry: ['core'],
  listeners: ['core'],
  probe: ['core'],
  store: ['core'],
  directory: ['core', 'store', 'registry'],
  netinfo: ['core', 'directory'],
  answer: ['core', 'registry', 'listeners', 'probe', 'directory', 'netinfo'],
  web: ['core', 'registry', 'listeners', 'probe', 'store', 'directory', 'netinfo', 'answer'],
  cli: ['core', 'registry', 'listeners', 'probe', 'store', 'directory', 'netinfo', 'answer', 'web'],
}

/** The names of messages are types of the web. */
const LOCALES = join('..', 'locales')

const source = join(import.meta.dirname, '..', 'src')

function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].flatMap((match) => match[1] ?? [])
}

function problemsOf(file: string): string[] {
  const path = join(source, file)
  const [own = ''] = file.split(sep)
  return importsOf(readFileSync(path, 'utf8')).flatMap((specifier) => {
    if (!specifier.startsWith('.')) return []
    const target = relative(source, join(dirname(path), specifier))
    const [other = '', ...rest] = target.split(sep)
    if (other === own || file.endsWith('.test.ts')) return []
    if (own === 'web' && target.startsWith(LOCALES)) return []
    if (other === '..') return [`${file}: reaches out of src for ${specifier}`]
    if (!(MAY_USE[own] ?? []).includes(other)) return [`${file}: ${own} may not use ${other} (${specifier})`]
    return rest.join('/') === 'index.ts'
      ? []
      : [`${file}: ${specifier} is not what ${other} lets others touch: use its index.ts`]
  })
}

const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
const unknown = readdirSync(source).filter((name) => !Object.hasOwn(MAY_USE, name))
const problems = [...unknown.map((name) => `src/${name} is no known module`), ...files.flatMap(problemsOf)]
for (const problem of problems) console.error(problem)
console.log(`arrows: ${files.length} files, ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`)
process.exitCode = problems.length === 0 ? 0 : 1
