/** Imports a file of visits under a token, and prints a line per batch: for tests that kill it. */
import { openPeople } from './open-people.ts'

const [, , url, path, token] = process.argv as [string, string, string, string, string]
const db = await openPeople(url, { maxConnections: 4 })
await db.visit.importFrom(path, { token, batch: 100, onProgress: ({ rows }) => process.stdout.write(`${rows}\n`) })
await db.$close()
