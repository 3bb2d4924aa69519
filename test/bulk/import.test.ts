import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createImportLedger } from '../../src/features/bulk/index.ts'
import { type Db, openPeople, usePeopleDatabase } from './use-people.ts'

const database = usePeopleDatabase()
const folder = mkdtempSync(join(tmpdir(), 'substrata-import-'))
let db: Db

beforeAll(async () => {
  db = await openPeople(database.url)
  await createImportLedger(database.ownerUrl)
})
afterAll(async () => {
  await db.$close()
  rmSync(folder, { recursive: true })
})
beforeEach(async () => {
  await db.visit.deleteMany()
  await db.person.deleteMany()
})

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

function stored() {
  return db.person.findMany({ orderBy: { email: 'asc' } })
}

describe('importFrom', () => {
  it('reads CSV with quotes, line feeds in cells, every kind of cell, and mapped columns', async () => {
    const path = file(
      'people.csv',
      '\uFEFFE-Mail,name,score,balance,rank,tags,extra,createdAt,ignored\r\n' +
        'a@x,"Ann ""A"", the\nfirst",7,1.50,OLD,"[""x"",""y,z""]","{""k"":[1,null]}",2024-02-29T12:00:00.5Z,1\r\n' +
        'b@x,,0,0,NEW,{p},,2024-02-29 12:00:00,2\r\n' +
        'c@x,ünï😀,-3,1e1,NEW,,null,2024-02-29,3',
    )
    const columns = { 'E-Mail': 'email', ignored: null } as const
    const omit = { id: true, updatedAt: true, code: true }
    expect(await db.person.importFrom(path, { columns })).toEqual({ rows: 3, count: 3, badCount: 0, bad: [] })
    expect(
      (await db.person.findMany({ omit, orderBy: { email: 'asc' } })).map((person) => ({
        ...person,
        balance: String(person.balance),
      })),
    ).toEqual([
      {
        ...{ email: 'a@x', name: 'Ann "A", the\nfirst', score: 7, balance: '1.5', rank: 'OLD', tags: ['x', 'y,z'] },
        ...{ extra: { k: [1, null] }, createdAt: new Date('2024-02-29T12:00:00.500Z') },
      },
      {
        ...{ email: 'b@x', name: null, score: 0, balance: '0', rank: 'NEW', tags: ['p'] },
        ...{ extra: null, createdAt: new Date('2024-02-29T12:00:00Z') },
      },
      {
        ...{ email: 'c@x', name: 'ünï😀', score: -3, balance: '10', rank: 'NEW', tags: [] },
        ...{ extra: null, createdAt: new Date('2024-02-29T00:00:00Z') },
      },
    ])
  })

  it('reads NDJSON from a stream, and merges', async () => {
    await db.person.create({ data: { email: 'a@x', name: 'old', score: 1 } })
    const lines = [
      '{"email":"a@x","name":"new"}',
      '',
      '{"email":"b@x","score":2,"tags":["t"],"createdAt":"2024-01-01T00:00:00Z"}',
    ]
    const source = Readable.from([Buffer.from(lines.join('\n'))])
    const told = await db.person.importFrom(source, { format: 'ndjson', conflict: ['email'] })
    expect(told).toMatchObject({ rows: 2, count: 2 })
    expect(await stored()).toMatchObject([
      { email: 'a@x', name: 'new', score: 1 },
      { email: 'b@x', name: null, score: 2, tags: ['t'], createdAt: new Date('2024-01-01') },
    ])
  })

  it('reads objects of any iterable, with backpressure, and tells how it goes on', async () => {
    let made = 0
    async function* objects() {
      for (; made < 1_000; made++) yield { email: `p${made}`, score: made }
    }
    const seen: number[] = []
    const told = await db.person.importFrom(objects(), {
      batch: 100,
      onProgress({ rows, written, rowsPerSecond }) {
        seen.push(rows)
        expect(written).toBe(rows)
        expect(rowsPerSecond).toBeGreaterThan(0)
        // One batch is read ahead, not all.
        expect(made).toBeLessThanOrEqual(rows + 200)
      },
    })
    expect(told).toMatchObject({ rows: 1_000, count: 1_000 })
    expect(seen).toEqual(Array.from({ length: 10 }, (_, i) => (i + 1) * 100))
  })

  it('counts the last of rows with one key, also within a batch', async () => {
    const source = [1, 2, 3].map((score) => ({ email: 'a@x', score }))
    await db.person.importFrom(source, { conflict: ['email'], update: { score: true } })
    expect(await stored()).toMatchObject([{ score: 3 }])
  })

  it('stands in an interactive transaction', async () => {
    const undone = db.$transaction(async (tx) => {
      await tx.person.importFrom([{ email: 'a@x' }, { email: 'b@x' }], { batch: 1 })
      expect(await tx.person.count()).toBe(2)
      throw new Error('undo')
    })
    await expect(undone).rejects.toThrow('undo')
    expect(await db.person.count()).toBe(0)
  })
})

describe('bad rows', () => {
  const utf8 = Buffer.concat([Buffer.from('bad-utf8@x,'), Buffer.from([0xff]), Buffer.from(',1,NEW,a\n')])
  const lines: (string | Buffer)[] = [
    'email,name,score,rank,code\n',
    'good1@x,n,1,NEW,a\n',
    'check@x,n,1000000,NEW,a\n',
    'type@x,n,many,NEW,a\n',
    'length@x,n,1,NEW,toolong\n',
    'enum@x,n,1,OTHER,a\n',
    utf8,
    'nul@x,a\0b,1,NEW,a\n',
    'missing@x,n,1,NEW\n',
    'extra@x,n,1,NEW,a,b\n',
    'taken@x,n,1,NEW,a\n',
    'quote@x,"n"n,1,NEW,a\n',
    'good2@x,"two\nlines",2,OLD,b\n',
    'good1@x,again,1,NEW,a\n',
    'range@x,n,99999999999,NEW,a\n',
    'good3@x,n,3,NEW,c',
  ]
  const expected = [
    { line: 3, code: '23514', reason: 'a check is violated (score_is_small)' },
    { line: 4, column: 'score', reason: 'not a number', value: 'string(4)' },
    { line: 5, code: '22001', reason: 'too long for its column' },
    { line: 6, column: 'rank', reason: 'not a member of the enum', value: 'string(5)' },
    { line: 7, reason: 'not valid UTF-8' },
    { line: 8, column: 'name', reason: 'not a plain string', value: 'string(3)' },
    { line: 9, reason: '4 cells where the header has 5' },
    { line: 10, reason: '6 cells where the header has 5' },
    { line: 11, code: '23505', reason: 'another row has the same unique value (people_email_key)' },
    { line: 12, reason: 'a quote is not closed, or stands inside a cell' },
    { line: 15, code: '23505', reason: 'another row has the same unique value (people_email_key)' },
    { line: 16, column: 'score', reason: 'not a 32-bit integer' },
  ]

  it.each([2, 100])('are told one by one, and good ones land, in batches of %d', async (batch) => {
    await db.person.create({ data: { email: 'taken@x' } })
    const path = file('bad.csv', Buffer.concat(lines.map((line) => Buffer.from(line))))
    const told = await db.person.importFrom(path, { onBadRow: 'collect', batch })
    expect(told.bad).toMatchObject(expected)
    expect(told).toMatchObject({ rows: 15, count: 3, badCount: 12 })
    expect((await stored()).map(({ email, name }) => [email, name])).toEqual([
      ['good1@x', 'n'],
      ['good2@x', 'two\nlines'],
      ['good3@x', 'n'],
      ['taken@x', null],
    ])
    expect(JSON.stringify(told.bad)).not.toMatch(/many|OTHER|toolong/)
  })

  it('of NDJSON name the field', async () => {
    const rows = [
      '{"email":"a@x"}',
      '{"email":1}',
      '{"email":"b@x","nope":1}',
      '{"name":"c"}',
      '[]',
      '{',
      '{"email":"d@x"}',
    ]
    const bad: unknown[] = []
    const told = await db.person.importFrom(file('bad.ndjson', rows.join('\n')), {
      onBadRow: (row) => void bad.push(row),
    })
    expect(told).toMatchObject({ rows: 7, count: 2, badCount: 5, bad: [] })
    expect(bad).toMatchObject([
      { line: 2, column: 'email', reason: 'not a plain string', value: 'number' },
      { line: 3, column: 'nope', reason: 'no field of Person' },
      { line: 4, column: 'email', reason: 'missing' },
      { line: 5, reason: 'not an object' },
      { line: 6, reason: 'not JSON' },
    ])
  })

  it('end the import where nothing else is said; what came before has landed whole', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => ({ email: `p${i}`, score: i === 25 ? 1_000_000 : i }))
    const call = db.person.importFrom(rows, { batch: 10 })
    await expect(call).rejects.toMatchObject({
      ...{ code: 'SUB_IMPORT_BAD_ROW', details: { line: 26, landed: 20 } },
    })
    expect(await db.person.count()).toBe(20)
  })

  it('are found among many in few statements', async () => {
    const rows = Array.from({ length: 2_000 }, (_, i) => ({ email: `p${i}`, code: i === 777 ? 'toolong' : null }))
    let statements = 0
    const off = db.$events.on('statement', () => {
      statements++
    })
    const told = await db.person.importFrom(rows, { onBadRow: 'collect' })
    off()
    expect(told).toMatchObject({ count: 1_999, bad: [{ line: 778, code: '22001' }] })
    expect(statements).toBeLessThan(120)
  })

  it('that a quote opens and nobody closes take no other with them', async () => {
    const path = file('open.csv', 'email,name\na@x,"open\nb@x,n\nc@x,n\n')
    const told = await db.person.importFrom(path, { onBadRow: 'collect' })
    expect(told).toMatchObject({ rows: 3, count: 2, bad: [{ line: 2 }] })
  })
})

describe('an import with a token', () => {
  const rows = 250
  const content = `email,name\n${Array.from({ length: rows }, (_, i) => `p${i}@x,"n\n${i}"\n`).join('')}`

  it.each(['csv', 'ndjson'] as const)('of %s goes on where it was, and is over when it is over', async (format) => {
    const text = format === 'csv' ? content : Array.from({ length: rows }, (_, i) => `{"email":"p${i}@x"}\n`).join('')
    const path = file(`token.${format}`, text)
    const token = `goes on ${format}`
    let batches = 0
    const stopped = db.person.importFrom(path, {
      ...{ token, batch: 20 },
      onProgress() {
        if (++batches === 5) throw new Error('stop')
      },
    })
    await expect(stopped).rejects.toThrow('stop')
    // The header is a record of the first batch.
    expect(await db.person.count()).toBe(format === 'csv' ? 99 : 100)
    const told = await db.person.importFrom(path, { token, batch: 20 })
    expect(told).toEqual({ rows, count: rows, badCount: 0, bad: [] })
    expect(await db.person.count()).toBe(rows)
    await db.person.deleteMany()
    expect(await db.person.importFrom(path, { token })).toMatchObject({ rows, count: rows })
    expect(await db.person.count()).toBe(0)
  })

  it('is refused over what cannot be read again, over another source, and without a ledger', async () => {
    const path = file('refused.csv', content)
    const stream = db.person.importFrom(createReadStream(path), { format: 'csv', token: 'stream' })
    await expect(stream).rejects.toMatchObject({ code: 'SUB_IMPORT_NOT_REPLAYABLE' })
    await db.person.importFrom(path, { token: 'changed' })
    const changed = db.person.importFrom(file('refused.csv', `${content}q@x,\n`), { token: 'changed' })
    await expect(changed).rejects.toMatchObject({ code: 'SUB_IMPORT_CHANGED' })
    const [, ...rest] = await Promise.allSettled([
      db.person.deleteMany(),
      ...[1, 2].map(() => db.person.importFrom(path, { token: 'twice', batch: 10, conflict: ['email'] })),
    ])
    // One of two at once stops, or finds the other done.
    for (const outcome of rest)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'SUB_IMPORT_CONCURRENT' })
    expect(rest.some(({ status }) => status === 'fulfilled')).toBe(true)
  })

  it('is of a tenant, or of a user where there is none: the same token of another is another import', async () => {
    const path = file('owners.csv', content)
    const importing = { token: 'customers', conflict: ['email'] } as const
    const north = db.$as({ tenantId: 'north', userId: 'ann' })
    expect(await north.person.importFrom(path, importing)).toMatchObject({ count: rows })
    const others = [{ tenantId: 'south', userId: 'ann' }, { userId: 'north' }, { userId: 'ann' }, {}]
    for (const other of others) {
      await db.person.deleteMany()
      await db.$as(other).person.importFrom(path, importing)
      expect(await db.person.count()).toBe(rows)
    }
    await db.person.deleteMany()
    await db.$as({ tenantId: 'north', userId: 'bob' }).person.importFrom(path, importing)
    expect(await db.person.count()).toBe(0)
    const positions = await north.$queryRaw`UPDATE substrata.imports SET finished = false RETURNING owner`
    expect(positions).toEqual([{ owner: 'tenant north' }])
  })

  it('reads from an offset-addressed reader', async () => {
    const bytes = Buffer.from(content)
    const offsets: number[] = []
    const source = {
      size: bytes.length,
      async *read(offset: number) {
        offsets.push(offset)
        for (let at = offset; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100)
      },
    }
    const told = await db.person.importFrom(source, { format: 'csv', token: 'reader' })
    expect(told.count).toBe(rows)
    expect(offsets).toEqual([0])
  })
})

describe('what importFrom refuses', () => {
  it.each([
    [() => 7, {}, 'SUB_IMPORT_SOURCE'],
    [() => file('x.txt', ''), {}, 'SUB_IMPORT_SOURCE'],
    [() => [1], { format: 'csv' }, 'SUB_IMPORT_SOURCE'],
    [() => file('x.csv', 'email,nope\n'), {}, 'SUB_IMPORT_COLUMNS'],
    [() => file('y.csv', 'name\n'), {}, 'SUB_IMPORT_COLUMNS'],
    [() => [], { conflict: ['name'] }, 'SUB_BULK_KEY'],
    [() => [], { update: 'all' }, 'SUB_BULK_ARGUMENT'],
    [() => [], { batch: 0 }, 'SUB_BULK_ARGUMENT'],
    [() => [], { onBadRow: 'ignore' }, 'SUB_BULK_ARGUMENT'],
  ])('%# %o', async (source, options, code) => {
    const call = db.person.importFrom(source() as never, options as never)
    await expect(Promise.resolve(call)).rejects.toMatchObject({ code })
  })

  it('ends with its signal, also while a source keeps it waiting', async () => {
    const controller = new AbortController()
    async function* silent() {
      yield { email: 'a@x' }
      controller.abort(new Error('enough'))
      await new Promise(() => {})
    }
    const call = db.$with({ signal: controller.signal }).person.importFrom(silent())
    await expect(Promise.resolve(call)).rejects.toMatchObject({ code: 'SUB_ABORTED' })
    expect(await db.person.count()).toBe(0)
  })
})
