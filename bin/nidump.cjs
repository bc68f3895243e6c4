#!/usr/bin/env node
// `portolan nidump` under its own name.
process.argv.splice(2, 0, 'nidump')
require('./portolan.cjs')
