import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { Client } from 'pg'
import { expect, it } from 'vitest'
import { useShop } from '../test/use-shop.ts'

const shop = useShop()
const folder = join(import.meta.dirname, '..')
const command = join(folder, '../../bin/substrata.mjs')

/** `substrata doctor` as it is typed. */
function doctor(...flags: string[]): Promise<{ code: number; stdout: string }> {
  const env = { ...process.env, DATABASE_URL: shop.database.url, MIGRATE_DATABASE_URL: shop.database.ownerUrl }
  return new Promise((resolve) => {
    execFile(process.execPath, [command, 'doctor', ...flags], { cwd: folder, env }, (error, stdout) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout })
    })
  })
}

async function asOwner(statements: readonly string[]): Promise<void> {
  const owner = new Client(shop.database.ownerUrl)
  await owner.connect()
  for (const each of statements) await owner.query(each)
  await owner.end()
}

it('finds nothing in the shop; what is broken there, with statements that mend it', { timeout: 120_000 }, async () => {
  expect(await doctor()).toEqual({ code: 0, stdout: 'Nothing is wrong.\n' })

  await asOwner(['ALTER TABLE orders NO FORCE ROW LEVEL SECURITY', 'DROP INDEX posts_author_id_created_at_idx'])
  const warned = await doctor('--json')
  expect([warned.code, JSON.parse(warned.stdout)]).toMatchObject([0, { errors: 0, warnings: 2 }])

  await asOwner(['ALTER TABLE orders DISABLE ROW LEVEL SECURITY', 'CREATE VIEW everyone AS SELECT email FROM users'])
  const told = await doctor()
  expect(told.code).toBe(1)
  expect(told.stdout).toMatch(/error .*view-without-invoker.*public\.everyone/)
  expect(told.stdout).toMatch(/warning.*policy-without-index.*own_posts/)
  expect(told.stdout).toContain('ALTER VIEW "public"."everyone" SET (security_invoker = true);')

  const { findings } = JSON.parse((await doctor('--json')).stdout) as { findings: { mend: string }[] }
  await asOwner(findings.map(({ mend }) => mend))
  expect(await doctor()).toEqual({ code: 0, stdout: 'Nothing is wrong.\n' })
})
