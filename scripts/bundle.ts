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

/** What every `portolan 973` needs: one part, so that one file is found and read. */
const ALWAYS =
  /src\/(core\/|registry\/(index|model|open|registry|index-file|references|lore-file|lore-relation|search|edit-distance)\.|listeners\/(index|linux|linux-\w+|holders|address|cgroup|origin|command-line|read-table|netlink)\.|cli\/(main|output|arguments|command|style|query|port-report|port-page|footnotes|commands\/(index|port))\.)/

const root = join(import.meta.dirname, '..')
const common: InputOptions = { cwd: root, platform: 'node', external: [/^node:/, 'koffi'] }
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
      groups: [{ name: 'port', test: (id: string) => ALWAYS.test(id) }],
    },
  },
})
// By itself: a thread that had to load the program too would begin 10 ms later.
await build({ ...common, input: { 'holders-worker': 'src/listeners/holders-worker.ts' }, output })
