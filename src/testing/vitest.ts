/** Test databases for vitest; the only part of the test tools that needs a test runner. */
import { afterAll, beforeAll, type RunnerTask } from 'vitest'
import { checkConnections } from './database/connections.ts'
import { createTestDatabase, type TestDatabase, type TestDatabaseOptions } from './database/test-database.ts'
import { notYetCreated } from './errors.ts'

/**
 * Gives the test file (or the `describe` it stands in) a database of its own. Call it first, so that it cleans up last.
 *
 * After the tests, a connection that is still open fails the file. A database whose tests passed is dropped; after a
 * failure it is kept and its URL printed, for as long as the server runs (a day at most).
 *
 * @returns what exists from `beforeAll` on: read its properties in hooks and tests only
 */
export function useTestDatabase(options: TestDatabaseOptions = {}): TestDatabase {
  let created: TestDatabase | undefined
  const database = (): TestDatabase => {
    if (created === undefined) throw notYetCreated({})
    return created
  }
  beforeAll(async () => {
    created = await createTestDatabase(options)
  })
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads from the pattern which fixtures a hook wants
  afterAll(async ({} /* eslint-disable-line no-empty-pattern */, suite) => {
    if (created === undefined) return
    if (hasFailed(suite)) {
      console.error(`The database of these failed tests is kept while its server runs:\n  ${created.ownerUrl}`)
      return
    }
    try {
      await checkConnections(created.adminUrl)
    } finally {
      await created.drop()
    }
  })
  return {
    get name() {
      return database().name
    },
    get url() {
      return database().url
    },
    get ownerUrl() {
      return database().ownerUrl
    },
    get adminUrl() {
      return database().adminUrl
    },
    drop: () => database().drop(),
    [Symbol.asyncDispose]: () => database().drop(),
  }
}

function hasFailed(task: RunnerTask): boolean {
  if (task.result?.state === 'fail') return true
  return task.type === 'suite' && task.tasks.some(hasFailed)
}
