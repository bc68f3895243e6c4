/**
 * Bundles the program into dist/cli: few files to find and read is half of a quick start.
 *
 * As CommonJS, for importing a module of Node's own into an ES module touches all its exports, and loads what lies behind
 * each (measured: 12 ms of 40). Every command is a part of its own, loaded when it is named.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'rolldown'
import type { InputOptions, OutputOptions } from 'rolldown'

/**
 * What `portolan 973` does not need. All else is one part: one file to find and to read. What is left out here by mistake only
 * makes that part larger.
 */
const LATER = new RegExp(
  [
    'src/cli/commands/(?!index|port|netinfo-tools)',
    'src/cli/(help|range-page|csv-rows|watch-listeners|version|listener-filter|listener-table|service-label|domain-options|ask-secret|netinfo/|probe/|serve/)',
    'src/listeners/(ancestors|darwin|lsof|netstat|process-state|ps|run-tool|tasklist|windows)',
    'src/registry/(diff|fetch-csv|iana-csv|index-build|lore-build|npm-packages|replace-file|table|update)',
    'src/(store|directory|netinfo|probe|web)/',
    'src/core/(csv|log|sync|text|xdr)',
  ]
    .map((part) => `${part}.*`)
    .join('|'),
)

const root = join(import.meta.dirname, '..')
const common: InputOptions = { cwd: root, platform: 'node', external: [/^node:/, 'koffi', 'lmdb'] }
const output: OutputOptions = { dir: 'dist/cli', format: 'cjs', entryFileNames: '[name].cjs' }

rmSync(join(root, 'dist'), { recursive: true, force: true })
await build({
  ...common,
  input: { main: 'src/cli/main.ts' },
  preserveEntrySignatures: 'allow-extension',
  output: {
    ...output,
    chunkFileNames: '[name]-[hash].cjs',
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [{ name: 'port', test: (id: string) => id.includes('/src/') && !LATER.test(id) }],
    },
  },
})
// Each by itself: a thread that had to load the program too would begin 10 ms later.
await build({ ...common, input: { 'holders-worker': 'src/listeners/holders-worker.ts' }, output })
await build({ ...common, input: { 'netinfo-worker': 'src/netinfo/server/netinfo-worker.ts' }, output })
await build({ ...common, input: { 'probe-worker': 'src/probe/engine/probe-worker.ts' }, output })
await build({ ...common, input: { 'sockets-worker': 'src/web/live/sockets-worker.ts' }, output })
