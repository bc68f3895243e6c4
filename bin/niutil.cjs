#!/usr/bin/env node
// `portolan niutil` under its own name.
process.argv.splice(2, 0, 'niutil')
require('./portolan.cjs')
