#!/usr/bin/env node
// Starts the program: in a checkout the source as it is written, in the published package the bundle.
const { existsSync } = require('node:fs')
const { enableCompileCache } = require('node:module')
const { join } = require('node:path')

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 12)) {
  console.error(`portolan: needs Node 22.12 or later, and this is ${process.versions.node}.`)
  process.exit(3)
}
enableCompileCache?.()
const source = join(__dirname, '..', 'src', 'cli', 'main.ts')
const loaded = existsSync(source) ? import('../src/cli/main.ts') : Promise.resolve(require('../dist/cli/main.cjs'))

/** Runs the program with these words; the tools of NetInfo put their own name first. */
exports.start = (words) => {
  void loaded.then(async ({ main }) => {
    process.exitCode = await main(words, process.env)
  })
}
if (require.main === module) exports.start(process.argv.slice(2))
