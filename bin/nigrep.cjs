#!/usr/bin/env node
// `portolan nigrep` under its own name.
const { start } = require('./portolan.cjs')
start(['nigrep', ...process.argv.slice(2)])
