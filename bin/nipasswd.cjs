#!/usr/bin/env node
// `portolan nipasswd` under its own name.
process.argv.splice(2, 0, 'nipasswd')
require('./portolan.cjs')
