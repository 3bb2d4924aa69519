import { afterAll, beforeAll } from 'vitest'
import { openWorld, type SchemaName, type World } from './world.ts'

/** Worlds for the tests of a file, by the names of their schemas; each client has a database of its own. There when tests run. */
export function useWorlds<Name extends SchemaName>(...names: readonly Name[]): Readonly<Record<Name, World>> {
  const worlds: Partial<Record<SchemaName, World>> = {}
  beforeAll(async () => {
    for (const name of names) worlds[name] = await openWorld(name, { databases: 2 })
  })
  afterAll(async () => {
    for (const world of Object.values(worlds)) await world[Symbol.asyncDispose]()
  })
  return worlds as Record<Name, World>
}
