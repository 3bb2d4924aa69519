import { beforeEach, expect, it } from 'vitest'
import { useShop } from '../../test/use-shop.ts'
import { isShopError } from '../errors.ts'
import { retryOnConflict } from './retry-on-conflict.ts'

const shop = useShop()
let id: string

beforeEach(async () => {
  await shop.prisma.user.deleteMany()
  const user = await shop.prisma.user.create({ data: { email: 'counter@example.com', name: '0' } })
  id = user.id
})

let attempts = 0

/** Reads, then writes what it read plus one: of two that overlap, PostgreSQL lets one commit. */
function increment(): Promise<unknown> {
  return shop.prisma.$transaction(
    async (tx) => {
      attempts++
      const { name } = await tx.user.findUniqueOrThrow({ where: { id } })
      return tx.user.update({ where: { id }, data: { name: String(Number(name) + 1) } })
    },
    { isolationLevel: 'Serializable' },
  )
}

it('runs a serializable transaction again until it commits', async () => {
  attempts = 0
  await Promise.all(Array.from({ length: 10 }, () => retryOnConflict(increment)))
  expect(await shop.prisma.user.findUniqueOrThrow({ where: { id } })).toMatchObject({ name: '10' })
  expect(attempts).toBeGreaterThan(10)
})

it('runs again what fails only at COMMIT', async () => {
  const users = await Promise.all(
    ['a', 'b'].map((name) => shop.prisma.user.create({ data: { email: `${name}@example.com`, name } })),
  )
  // Write skew: each reads both rows and writes one, so both updates pass and one COMMIT fails.
  const both = users.map((user) =>
    retryOnConflict(() =>
      shop.prisma.$transaction(
        async (tx) => {
          const names = await tx.user.count({ where: { name: { in: ['a', 'b'] } } })
          if (names === 2) await tx.user.update({ where: { id: user.id }, data: { name: 'renamed' } })
        },
        { isolationLevel: 'Serializable' },
      ),
    ),
  )
  await Promise.all(both)
  expect(await shop.prisma.user.count({ where: { name: 'renamed' } })).toBe(1)
})

it('gives up when the budget is used up, and says that trying again may help', async () => {
  const lost = retryOnConflict(async () => {
    // Another transaction always gets in between.
    await shop.prisma.$transaction(
      async (tx) => {
        await tx.user.findUniqueOrThrow({ where: { id } })
        await increment()
        await tx.user.update({ where: { id }, data: { name: 'never' } })
      },
      { isolationLevel: 'Serializable' },
    )
  }, 200)
  const error = await lost.catch((reason: unknown) => reason)
  expect(isShopError(error, 'UNAVAILABLE')).toBe(true)
  expect(error).toMatchObject({ cause: { code: 'P2034' } })
})

it('leaves every other error alone', async () => {
  let runs = 0
  const failing = retryOnConflict(async () => {
    runs++
    await shop.prisma.user.create({ data: { email: 'counter@example.com' } })
  })
  await expect(failing).rejects.toMatchObject({ code: 'P2002' })
  expect(runs).toBe(1)
})
