#!/usr/bin/env node
// `portolan niload` under its own name.
process.argv.splice(2, 0, 'niload')
require('./portolan.cjs')
