#!/usr/bin/env node
console.error('substrata: the command line is not part of this version yet')
process.exit(1)
