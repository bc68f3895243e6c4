#!/usr/bin/env node
// `portolan nireport` under its own name.
const { start } = require('./portolan.cjs')
start(['nireport', ...process.argv.slice(2)])
