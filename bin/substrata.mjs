#!/usr/bin/env node
import { load } from './launch.mjs'

// Prisma finds a generator by its command on PATH, marks the call in the environment, and passes no arguments.
if (process.env.PRISMA_GENERATOR_INVOCATION && process.argv.length === 2) {
  const { serveGenerator } = await load('cli/generator')
  serveGenerator()
} else {
  const { main } = await load('cli/main')
  process.exitCode = await main(process.argv.slice(2))
}
