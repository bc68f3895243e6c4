#!/usr/bin/env node
// `portolan niutil` under its own name.
const { start } = require('./portolan.cjs')
start(['niutil', ...process.argv.slice(2)])
