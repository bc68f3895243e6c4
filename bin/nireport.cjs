#!/usr/bin/env node
// `portolan nireport` under its own name.
process.argv.splice(2, 0, 'nireport')
require('./portolan.cjs')
