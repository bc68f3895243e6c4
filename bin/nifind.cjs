#!/usr/bin/env node
// `portolan nifind` under its own name.
const { start } = require('./portolan.cjs')
start(['nifind', ...process.argv.slice(2)])
