#!/usr/bin/env node
import '../src/cli/memory.js'
import '../src/polyfill.js'

// Only now: loading the rest takes memory already.
const { main } = await import('../src/cli/main.js')
process.exit(await main(process.argv.slice(2)))
