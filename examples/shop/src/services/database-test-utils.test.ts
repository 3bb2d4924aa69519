import { beforeEach, describe, expect, it } from 'vitest'
import { useShop } from '../../test/use-shop.ts'
import { DatabaseTestUtils } from './database-test-utils.ts'
import { UserService } from './user-service.ts'

const shop = useShop()
let testUtils: DatabaseTestUtils

beforeEach(async () => {
  testUtils = new DatabaseTestUtils(shop.prisma, shop.database.ownerUrl)
  await testUtils.cleanDatabase()
})

// The seed's example suite.
describe('UserService', () => {
  it('should find users with recent activity', async () => {
    const user = await testUtils.createTestUser()
    await testUtils.createTestPost(user.id)

    const users = await new UserService(shop.prisma).getUsersWithRecentActivity(10, 30)

    expect(users).toHaveLength(1)
    expect(users[0]?.id).toBe(user.id)
    expect(users[0]?.posts).toHaveLength(1)
  })
})

it('makes as many users at once as one likes', async () => {
  const users = await Promise.all(Array.from({ length: 50 }, () => testUtils.createTestUser()))
  expect(new Set(users.map((user) => user.email)).size).toBe(50)
})

it('says when it cannot clean', async () => {
  await testUtils.createTestUser()
  const powerless = new DatabaseTestUtils(shop.prisma, shop.database.url)
  await expect(powerless.cleanDatabase()).rejects.toThrow()
  expect(await shop.prisma.user.count()).toBe(1)
})
