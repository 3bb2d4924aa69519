import { Client } from 'pg'
import { createTestDatabase } from 'substrata/testing'
import { expect, it } from 'vitest'
import { literal } from '../pg/sql.ts'
import { withClient } from '../pg/with-client.ts'
import { isVerifierOf, scramVerifier } from './scram.ts'

it('makes the verifier that PostgreSQL itself would store', async () => {
  await using database = await createTestDatabase()
  await withClient(database.adminUrl, async (admin) => {
    await admin.query('BEGIN')
    await admin.query(`CREATE ROLE scram_probe PASSWORD ${literal('pass word ~!')}`)
    const { rows } = await admin.query(`SELECT rolpassword AS stored FROM pg_authid WHERE rolname = 'scram_probe'`)
    expect(isVerifierOf(rows[0].stored, 'pass word ~!')).toBe(true)
    expect(isVerifierOf(rows[0].stored, 'pass word ~')).toBe(false)
    await admin.query('ROLLBACK')
  })
})

it('makes a verifier that lets its password in, and no other', async () => {
  await using database = await createTestDatabase()
  const role = `scram_${database.name}`
  await withClient(database.adminUrl, async (admin) => {
    await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD ${literal(scramVerifier('right'))}`)
    try {
      const { host, port } = admin
      const target = { host, port, user: role, database: database.name }
      expect(await withClient({ ...target, password: 'right' }, async () => 'in')).toBe('in')
      await expect(new Client({ ...target, password: 'wrong' }).connect()).rejects.toMatchObject({ code: '28P01' })
    } finally {
      await admin.query(`DROP ROLE ${role}`)
    }
  })
})

it('knows nothing of other kinds of verifier', () => {
  expect(isVerifierOf('', 'x')).toBe(false)
  expect(isVerifierOf('md5c4ca4238a0b923820dcc509a6f75849b', '1')).toBe(false)
})
