import { existsSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { type Program, processesOf, startProgram, until } from '../../../test/cluster-program.ts'
import { type Cluster, startCluster } from './cluster.ts'

/** Stands still, events and all. */
function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

const running: Program[] = []
function start(code: string): Program {
  const program = startProgram(code)
  running.push(program)
  return program
}
afterEach(() => {
  for (const { child } of running.splice(0)) child.kill('SIGKILL')
})

const announce = `
  const cluster = await startCluster()
  console.log(cluster.directory)
`
const stay = 'setInterval(() => {}, 1000)'

async function nothingIsLeft(directory: string): Promise<void> {
  await until(() => !existsSync(directory) && processesOf(directory).length === 0)
}

describe('nothing is left when the program', () => {
  const endings: Record<string, { code: string; end?: (program: Program) => void }> = {
    'is killed by SIGKILL': { code: stay, end: ({ child }) => child.kill('SIGKILL') },
    'is ended by SIGTERM': { code: stay, end: ({ child }) => child.kill('SIGTERM') },
    'and its whole process group get Ctrl-C': { code: stay, end: ({ child }) => process.kill(-child.pid!, 'SIGINT') },
    'and its whole process group get SIGKILL': { code: stay, end: ({ child }) => process.kill(-child.pid!, 'SIGKILL') },
    throws: { code: `setImmediate(() => { throw new Error('a fault of the program') })` },
    aborts: { code: 'process.abort()' },
    'exits without stopping the cluster': { code: 'process.exit()' },
    'comes to its end without stopping the cluster': { code: '' },
  }
  for (const [ending, { code, end }] of Object.entries(endings))
    it(ending, async () => {
      const program = start(`${announce}\n${code}`)
      const directory = await program.firstLine
      end?.(program)
      await program.ended
      await nothingIsLeft(directory)
    })

  it('is killed in the middle of its start', async () => {
    const before = new Set(processesOf('substrata-keeper'))
    const program = start(`await startCluster()`)
    await until(() => processesOf('initdb -D').some((pid) => pid !== process.pid))
    program.child.kill('SIGKILL')
    await program.ended
    await until(() => processesOf('substrata-keeper').every((pid) => before.has(pid)))
  })
})

it('leaves a cluster to the program when Ctrl-C reaches its group', async () => {
  const program = start(`
    process.on('SIGINT', async () => {
      const { default: { Client } } = await import('pg')
      const client = new Client(cluster.primary.url)
      await client.connect()
      const { rows } = await client.query('SELECT 6 * 7 AS answer')
      await client.end()
      console.log(rows[0].answer)
      await cluster.stop()
      process.exit()
    })
    ${announce}
    ${stay}
  `)
  const directory = await program.firstLine
  process.kill(-program.child.pid!, 'SIGINT')
  await program.ended
  expect(program.lines).toEqual([directory, '42'])
  expect(existsSync(directory)).toBe(false)
  expect(processesOf(directory)).toEqual([])
})

describe('when the keeper is killed', () => {
  const keeperOf = ({ directory }: Cluster) => processesOf(`substrata-keeper ${directory}`)[0]!

  it('the servers end and the directory goes', async () => {
    const cluster = await startCluster({ standbys: 1 })
    process.kill(keeperOf(cluster), 'SIGKILL')
    await nothingIsLeft(cluster.directory)
    await expect(cluster.primary.start()).rejects.toMatchObject({ code: 'SUB_CLUSTER_ENDED' })
    await cluster.stop()
  })

  it('stop() waits until the servers have ended', async () => {
    const cluster = await startCluster({ standbys: 1 })
    process.kill(keeperOf(cluster), 'SIGKILL')
    await until(() => processesOf(`substrata-keeper ${cluster.directory}`).length === 0)
    await cluster.stop()
    expect(processesOf(cluster.directory)).toEqual([])
    expect(existsSync(cluster.directory)).toBe(false)
  })

  it('by SIGTERM, it stops the servers first', async () => {
    const cluster = await startCluster()
    process.kill(keeperOf(cluster), 'SIGTERM')
    await nothingIsLeft(cluster.directory)
    await cluster.stop()
  })

  it('and the program notices only afterwards, stop() has nothing left to do', async () => {
    const cluster = await startCluster()
    const [keeper] = processesOf(`substrata-keeper ${cluster.directory}`)
    process.kill(keeper!, 'SIGTERM')
    // Without a turn of the event loop: the program still takes the keeper for alive and writes to its closed pipe.
    while (existsSync(cluster.directory) || processesOf(`substrata-keeper ${cluster.directory}`).length > 0) pause(10)
    await cluster.stop()
  })

  const killBoth = async () => {
    const program = start(`${announce}\n${stay}`)
    const directory = await program.firstLine
    program.child.kill('SIGSTOP')
    process.kill(processesOf(`substrata-keeper ${directory}`)[0]!, 'SIGKILL')
    program.child.kill('SIGKILL')
    await program.ended
    return directory
  }

  it('and its program with it, the next start removes what they left', async () => {
    const directory = await killBoth()
    expect(existsSync(directory)).toBe(true)
    await using _ = await startCluster()
    await nothingIsLeft(directory)
  })

  it.runIf(process.platform === 'linux')('and its program with it, Linux ends the servers', async () => {
    const directory = await killBoth()
    await until(() => processesOf(directory).length === 0)
    await using _ = await startCluster()
    await nothingIsLeft(directory)
  })
})

it('stops a cluster twice', async () => {
  const cluster = await startCluster()
  await Promise.all([cluster.stop(), cluster.stop()])
  await cluster.stop()
  expect(existsSync(cluster.directory)).toBe(false)
})
