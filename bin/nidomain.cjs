#!/usr/bin/env node
// `portolan nidomain` under its own name.
process.argv.splice(2, 0, 'nidomain')
require('./portolan.cjs')
