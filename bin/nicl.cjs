#!/usr/bin/env node
// `portolan nicl` under its own name.
const { start } = require('./portolan.cjs')
start(['nicl', ...process.argv.slice(2)])
