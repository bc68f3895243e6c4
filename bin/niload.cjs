#!/usr/bin/env node
// `portolan niload` under its own name.
const { start } = require('./portolan.cjs')
start(['niload', ...process.argv.slice(2)])
