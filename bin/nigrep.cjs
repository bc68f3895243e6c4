#!/usr/bin/env node
// `portolan nigrep` under its own name.
process.argv.splice(2, 0, 'nigrep')
require('./portolan.cjs')
