import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { useShop } from '../test/use-shop.ts'

const shop = useShop()
const folder = join(import.meta.dirname, '..')
const command = join(folder, '../../bin/substrata.mjs')

it('has migrations that make what the schema declares', { timeout: 60_000 }, async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [command, 'migrate', 'dev', '--name', 'unexpected', '--create-only', '--json'],
    { cwd: folder, env: { ...process.env, MIGRATE_DATABASE_URL: shop.database.adminUrl } },
  )
  expect(JSON.parse(stdout)).toMatchObject({ migration: null, applied: [] })
})
