import { Client } from 'pg'
import { checkConnections, createTestDatabase, type TestDatabase } from 'substrata/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'

let database: TestDatabase
beforeEach(async () => {
  database = await createTestDatabase()
})
afterEach(() => database.drop())

async function connect(application: string): Promise<Client> {
  const client = new Client({ connectionString: database.url, application_name: application })
  client.on('error', () => {})
  await client.connect()
  return client
}

it('passes when nobody is connected', async () => {
  await checkConnections(database.adminUrl)
})

it('names who is', async () => {
  const leaked = await connect('leaky')
  await leaked.query('BEGIN')
  await leaked.query('SELECT 42')
  const error = (await checkConnections(database.adminUrl).catch((thrown: unknown) => thrown)) as Error
  expect(error).toMatchObject({ code: 'SUB_CONNECTIONS_LEAKED' })
  expect(error.message).toContain(
    'role substrata_test_app, application_name "leaky", idle in transaction, last statement: SELECT 42',
  )
  await leaked.end()
})

it('waits for connections that are closing', async () => {
  const closing = await connect('closing')
  const busy = closing.query('SELECT pg_sleep(0.3)')
  const checked = checkConnections(database.adminUrl)
  await busy
  await closing.end()
  await checked
})

it('ignores connections to other databases', async () => {
  await using other = await createTestDatabase()
  const elsewhere = new Client({ connectionString: other.url })
  await elsewhere.connect()
  await checkConnections(database.adminUrl)
  await elsewhere.end()
})
