#!/usr/bin/env node
// `portolan nidump` under its own name.
const { start } = require('./portolan.cjs')
start(['nidump', ...process.argv.slice(2)])
