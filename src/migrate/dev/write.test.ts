import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { writeMigration } from './write.ts'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'substrata-write-'))
})

afterEach(() => rm(directory, { recursive: true }))

const write = (name: string, earlier: string[] = []) => writeMigration(directory, { name, sql: 'SELECT 1;\n', earlier })

it('writes what Prisma would', async () => {
  const folder = await write('Add Ürsula’s orders!')
  expect(folder).toMatch(/^\d{14}_add_ursula_s_orders$/)
  expect(await readFile(join(directory, folder, 'migration.sql'), 'utf8')).toBe('SELECT 1;\n')
  expect(await readFile(join(directory, 'migration_lock.toml'), 'utf8')).toContain('provider = "postgresql"')
})

it.each([
  ['29991231235959_late', '30000101000000_next'],
  ['29990228235959', '29990301000000_next'],
])('sorts after %s', async (earlier, expected) => {
  expect(await write('next', ['20200101000000_first', earlier, 'no_time_at_all'])).toBe(expected)
})

it('keeps an order within one second', async () => {
  const names: string[] = []
  for (const name of ['z', 'y', 'x']) names.push(await write(name, names))
  expect((await readdir(directory)).filter((each) => each !== 'migration_lock.toml').sort()).toEqual(names)
})
