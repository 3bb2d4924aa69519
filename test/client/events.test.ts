import type { EventMap, LogEvent, OperationEvent, QueryEvent, StatementEvent } from 'substrata'
import { describe, expect, it } from 'vitest'
import { type ClientOptions, type Db, openClient, useClientDatabase } from './use-client.ts'

const database = useClientDatabase()
const paths = ['direct', 'prisma'] as const

async function withDb(options: ClientOptions, body: (db: Db) => Promise<void>): Promise<void> {
  await using db = await openClient({ url: database.url, ...options })
  await body(db)
}

function collect<Name extends keyof EventMap>(db: Db, name: Name): EventMap[Name][] {
  const events: EventMap[Name][] = []
  db.$events.on(name, (event) => events.push(event))
  return events
}

describe.each(paths)('events (%s)', (queryPath) => {
  it('one per operation: what, who, where, how long', async () => {
    await withDb({ queryPath }, async (client) => {
      const db = client.$with({ traceId: '4bf92f35' })
      const operations = collect(db, 'operation')
      await db.$as({ userId: 'ann', tenantId: 't' }).parent.findMany({ where: { name: 'hidden value' } })
      await db.parent.deleteMany()
      await db.$queryRaw`SELECT ${'hidden value'}::text`
      await db.parent.create({ data: { id: 1, name: 'raise 23505 x', code: '' } }).catch(() => {})
      await db.$transaction((tx) => tx.parent.findFirst())
      const of = ({ model, operation, kind, path, rows, context, error, code }: OperationEvent) => ({
        call: [model, operation],
        kind,
        path,
        rows,
        context,
        failed: error !== undefined && code,
      })
      expect(operations.map(of)).toEqual([
        {
          call: ['Parent', 'findMany'],
          kind: 'read',
          path: queryPath,
          rows: 0,
          context: ['userId', 'tenantId'],
          failed: false,
        },
        { call: ['Parent', 'deleteMany'], kind: 'write', path: queryPath, rows: 0, context: [], failed: false },
        { call: [undefined, '$queryRaw'], kind: 'unknown', path: 'prisma', rows: 1, context: [], failed: false },
        { call: ['Parent', 'create'], kind: 'write', path: queryPath, rows: undefined, context: [], failed: '23505' },
        { call: ['Parent', 'findFirst'], kind: 'read', path: queryPath, rows: 0, context: [], failed: false },
      ])
      expect(operations[0]!.timings.decode).toBeGreaterThan(0)
      for (const { duration, timings, node, reason, path, traceId } of operations) {
        expect(duration).toBeGreaterThan(0)
        expect(timings.database).toBeGreaterThan(0)
        expect(timings.database + timings.queue + timings.decode).toBeLessThanOrEqual(duration)
        expect(traceId).toBe('4bf92f35')
        expect(node).toBe('primary')
        expect(reason === undefined).toBe(path === 'direct')
      }
      expect(JSON.stringify(operations.map((event) => ({ ...event, error: undefined })))).not.toContain('hidden')
    })
  })

  it('one per statement, tied to its operation, without values', async () => {
    await withDb({ queryPath }, async (db) => {
      const statements = collect(db, 'statement')
      const operations = collect(db, 'operation')
      await db.$as({ userId: 'ann' }).parent.findMany({ where: { name: 'hidden value' } })
      await db.$queryRaw`SELECT ${'hidden value'}::text, 1 / 0`.catch(() => {})
      expect(statements).toMatchObject([
        {
          model: 'Parent',
          operation: 'findMany',
          node: 'primary',
          context: ['userId'],
          rows: 0,
          code: undefined,
          values: undefined,
        },
        { model: undefined, operation: '$queryRaw', context: [], rows: undefined, code: '22012', values: undefined },
      ])
      expect(statements.map(({ operationId }) => operationId)).toEqual(operations.map(({ id }) => id))
      expect(statements[0]!.text).toMatch(/FROM .*"parents"/)
      for (const { queue, database: server } of statements) {
        expect(queue).toBeGreaterThanOrEqual(0)
        expect(server).toBeGreaterThan(0)
      }
      expect(JSON.stringify(statements)).not.toContain('hidden')
    })
  })

  it("$on('query') tells of each statement, with values only where asked for", async () => {
    for (const showValues of [false, true])
      await withDb({ queryPath, config: { showValues } }, async (db) => {
        const queries: QueryEvent[] = []
        expect(db.$on('query', (query) => queries.push(query))).toBe(db)
        await db.parent.findFirst({ where: { name: 'a name' } })
        expect(queries).toHaveLength(1)
        const [{ query, params, duration, timestamp, target }] = queries as [QueryEvent]
        expect(query).toMatch(/^SELECT .*\$1/)
        expect(JSON.parse(params)).toEqual(showValues ? expect.arrayContaining(['a name']) : [])
        expect([duration, timestamp, target]).toEqual([expect.any(Number), expect.any(Date), 'substrata'])
      })
  })
})

it("$on('error') tells what Prisma tells", async () => {
  await withDb({}, async (db) => {
    const errors: LogEvent[] = []
    db.$on('error', (event) => errors.push(event))
    await db.parent.create({ data: { id: 1, name: 'raise 23514 broken', code: '' } }).catch(() => {})
    await db.$with({ timeout: 20 }).$queryRaw`SELECT pg_sleep(10)::text`.catch(() => {})
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringContaining('broken'),
      expect.stringContaining('The time allowed for the operation ran out'),
    ])
  })
})

it('connections are told of as they come and go', async () => {
  const db = await openClient({ url: database.url, config: { minConnections: 0, lanes: 0, maxConnections: 1 } })
  const connections = collect(db, 'connection')
  await db.parent.deleteMany()
  await db.$close()
  expect(connections.map(({ change }) => change)).toEqual(['opened', 'closed'])
})

it('the log has slow statements and warnings, and all statements only where the configuration says so', async () => {
  for (const logging of [true, false]) {
    const lines: [string, string, Partial<StatementEvent>][] = []
    const logger = {
      debug: (fields: object, message: string) => lines.push(['debug', message, fields]),
      warn: (fields: object, message: string) => lines.push(['warn', message, fields]),
    }
    await withDb({ logger, config: { logging, slowQuery: 1_000 } }, async (db) => {
      await db.parent.findFirst({ where: { name: 'hidden value' } })
      await db.$queryRaw`SELECT ${'hidden value'}::text FROM pg_sleep(1.1)`
    })
    const slow = lines.filter(([level]) => level === 'warn')
    expect(slow).toEqual([
      ['warn', 'slow statement', expect.objectContaining({ operation: '$queryRaw', rows: 1, values: undefined })],
    ])
    expect(slow[0]![2].database).toBeGreaterThanOrEqual(1_000)
    expect(lines.length - slow.length).toBe(logging ? 1 : 0)
    expect(JSON.stringify(lines)).not.toContain('hidden')
  }
})
