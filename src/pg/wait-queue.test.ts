import { describe, expect, it } from 'vitest'
import { rejection, write } from '../../test/session.ts'
import { createWaitQueue } from './wait-queue.ts'

const queueOf = (patience = 60_000, maxWaiting = 1_000) =>
  createWaitQueue<string>({ node: 'n', max: 1, maxWaiting, patience, holders: () => [{ operation: 'x', since: 1 }] })

describe('the queue', () => {
  it('serves in the order of arrival', async () => {
    const queue = queueOf()
    const all = Promise.all([queue.wait(write()), queue.wait(write()), queue.wait(write())])
    for (const item of ['a', 'b', 'c']) expect(queue.offer(item)).toBe(true)
    expect(queue.offer('d')).toBe(false)
    expect(await all).toEqual(['a', 'b', 'c'])
  })

  it('passes over who cannot end in time for who can', async () => {
    const queue = queueOf()
    const started = performance.now()
    const waiting = rejection(queue.wait({ ...write(), deadline: started + 500 }, 200))
    while (performance.now() < started + 350) await new Promise(setImmediate)
    const fresh = queue.wait(write({ timeout: 60_000 }), 200)
    queue.offer('a')
    expect(await fresh).toBe('a')
    expect(await waiting).toMatchObject({ code: 'SUB_TIMEOUT', details: { outcome: 'never sent', where: 'queue' } })
  })

  it('serves who may be too late where nobody else could use it', async () => {
    const queue = queueOf()
    const started = performance.now()
    const older = rejection(queue.wait({ ...write(), deadline: started + 400 }, 200))
    const younger = queue.wait({ ...write(), deadline: started + 500 }, 250)
    while (performance.now() < started + 300) await new Promise(setImmediate)
    expect(queue.offer('a')).toBe(true)
    expect(await younger).toBe('a')
    expect(await older).toMatchObject({ code: 'SUB_TIMEOUT' })
  })

  it('always serves who has only just come, whatever is expected of its statement', async () => {
    const queue = queueOf()
    const served = queue.wait(write({ timeout: 5_000 }), 1e9)
    queue.offer('a')
    expect(await served).toBe('a')
  })

  it('sends away at the deadline or when patience ends, and tells which', async () => {
    const queue = queueOf(20)
    const patient = rejection(queue.wait(write()))
    const hurried = rejection(queue.wait(write({ timeout: 5 })))
    expect(await hurried).toMatchObject({ code: 'SUB_TIMEOUT' })
    expect(await patient).toMatchObject({
      code: 'SUB_POOL_TIMEOUT',
      details: { holders: [{ operation: 'x', since: 1 }] },
    })
    expect(queue.length).toBe(0)
  })

  it('refuses who would make it too long, and forgets who leaves', async () => {
    const queue = queueOf(60_000, 1)
    const controller = new AbortController()
    const leaving = rejection(queue.wait(write({ signal: controller.signal })))
    expect(await rejection(queue.wait(write()))).toMatchObject({ code: 'SUB_POOL_FULL' })
    controller.abort()
    expect(await leaving).toMatchObject({ code: 'SUB_ABORTED', details: { outcome: 'never sent' } })
    const next = queue.wait(write())
    queue.offer('a')
    expect(await next).toBe('a')
  })

  it('sends everybody away', async () => {
    const queue = queueOf()
    const all = [rejection(queue.wait(write())), rejection(queue.wait(write()))]
    queue.dismiss(new Error('over'))
    expect((await Promise.all(all)).map(({ message }) => message)).toEqual(['over', 'over'])
  })
})
