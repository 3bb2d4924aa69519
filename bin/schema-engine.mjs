#!/usr/bin/env node
// Stands in for Prisma's native schema engine: PRISMA_SCHEMA_ENGINE_BINARY=…/substrata/bin/schema-engine.mjs
import { load } from './launch.mjs'

const { runStandIn } = await load('migrate/engine/stand-in/main')
await runStandIn(process.argv.slice(2))
