#!/usr/bin/env node
// Starts the program: the bundle where there is one (the published package), else the source as it is written.
const { existsSync } = require('node:fs')
const { enableCompileCache } = require('node:module')
const { join } = require('node:path')

enableCompileCache?.()
const bundle = join(__dirname, '..', 'dist', 'cli', 'main.cjs')
const loaded = existsSync(bundle) ? Promise.resolve(require(bundle)) : import('../src/cli/main.ts')
void loaded.then(async ({ main }) => {
  process.exitCode = await main(process.argv.slice(2), process.env)
})
