#!/usr/bin/env node
// `portolan nidomain` under its own name.
const { start } = require('./portolan.cjs')
start(['nidomain', ...process.argv.slice(2)])
