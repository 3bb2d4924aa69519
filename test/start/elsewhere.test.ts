import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { full } from '../rounds.ts'
import { cloneRepository, type User } from './clone.ts'
import { asAdmin } from './requests.ts'
import { expectNothingLeft, SMALL, start } from './shop.ts'

// Longer than any wait inside: a test that fails still stops what it has started.
vi.setConfig({ testTimeout: 900_000 })

/** Root can start the shop as somebody else; any other user is that somebody. */
function otherUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' })))
  return { uid: uid!, gid: gid! }
}

test.runIf(full)('two clones at once, one of them of another user in a home that is closed to others', async () => {
  const user = otherUser()
  using mine = cloneRepository()
  using theirs = cloneRepository(user ? { owner: user, modules: 'own' } : {})
  const wanted = ['--scale', '0.02', '--port', '23000']
  await using first = start({ folder: mine.folder, args: wanted })
  await using second = start({ folder: theirs.folder, args: wanted, user, env: { HOME: theirs.folder } })
  const urls = await Promise.all([first.opened(), second.opened()])
  expect(new Set(urls).size).toBe(2)
  for (const { stdout } of [first, second])
    expect((await asAdmin(stdout, '/users/active?limit=5&days=30')).status).toBe(200)
  for (const shop of [first, second]) shop.process.kill('SIGTERM')
  expect(await Promise.all([first.exit, second.exit])).toEqual(Array(2).fill({ code: 0, signal: null }))
  for (const { folder } of [mine, theirs]) await expectNothingLeft(folder)
})

// It installs everything from the registry, which takes a minute.
test.runIf(full)('a fresh clone needs nothing but npm start', async () => {
  using clone = cloneRepository({ modules: 'none' })
  expect(existsSync(join(clone.folder, 'node_modules'))).toBe(false)
  await using shop = start({ folder: clone.folder, npm: true, args: SMALL })
  await shop.opened(600)
  expect((await asAdmin(shop.stdout, '/users/active')).status).toBe(200)
  process.kill(-shop.pid, 'SIGINT')
  await shop.exit
  await expectNothingLeft(clone.folder)
})
