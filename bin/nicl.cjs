#!/usr/bin/env node
// `portolan nicl` under its own name.
process.argv.splice(2, 0, 'nicl')
require('./portolan.cjs')
