#!/usr/bin/env node
// `portolan nipasswd` under its own name.
const { start } = require('./portolan.cjs')
start(['nipasswd', ...process.argv.slice(2)])
