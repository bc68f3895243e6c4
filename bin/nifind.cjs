#!/usr/bin/env node
// `portolan nifind` under its own name.
process.argv.splice(2, 0, 'nifind')
require('./portolan.cjs')
