import { randomUUID } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { dirname } from 'node:path'
import { text } from 'node:stream/consumers'
import { StartError } from './errors.ts'

/** Held by the one process that uses a folder's database. */
export interface Lock extends AsyncDisposable {
  /** What another start is told about this one. */
  state: string
}

interface Holder {
  readonly pid: number
  /** Where the holder answers on 127.0.0.1. The system closes it when the holder ends, however it ends. */
  readonly port: number
  readonly token: string
}

/**
 * Takes the lock of a folder. The file says whom to ask, and only an answer counts: after a crash nobody answers, whoever has got
 * the process id since.
 *
 * @throws StartError when the shop is running there.
 */
export async function takeLock(file: string): Promise<Lock> {
  const token = randomUUID()
  const lock = { state: 'is still starting' }
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.end(JSON.stringify({ token, state: lock.state }))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port: 0 }, resolve)
  })
  server.unref()
  const { port } = server.address() as { port: number }
  mkdirSync(dirname(file), { recursive: true })
  try {
    await claim(file, { pid: process.pid, port, token })
  } catch (error) {
    server.close()
    throw error
  }
  return Object.assign(lock, {
    async [Symbol.asyncDispose]() {
      if (read(file)?.token === token) rmSync(file, { force: true })
      server.close()
    },
  })
}

async function claim(file: string, holder: Holder): Promise<void> {
  const mine = `${file}.${holder.token}`
  writeFileSync(mine, JSON.stringify(holder), { mode: 0o600 })
  try {
    // A link appears whole or not at all, so nobody reads half a file.
    while (!tryLink(mine, file)) {
      const other = read(file)
      if (other) await refuseIfAlive(other)
      discard(file, other)
    }
  } finally {
    rmSync(mine, { force: true })
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Removes what a crash left; a lock that somebody else has taken in the meantime goes back to its place. */
function discard(file: string, stale: Holder | undefined): void {
  const aside = `${file}.${randomUUID()}`
  try {
    renameSync(file, aside)
  } catch {
    return
  }
  if (read(aside)?.token !== stale?.token) tryLink(aside, file)
  rmSync(aside, { force: true })
}

function read(file: string): Holder | undefined {
  try {
    const { pid, port, token } = JSON.parse(readFileSync(file, 'utf8'))
    return typeof pid === 'number' && typeof port === 'number' && typeof token === 'string'
      ? { pid, port, token }
      : undefined
  } catch {
    return undefined
  }
}

async function refuseIfAlive({ pid, port, token }: Holder): Promise<void> {
  const answer = await ask(port)
  if (answer === 'nobody' || (answer !== 'silence' && answer.token !== token)) return
  const state = answer === 'silence' ? 'does not answer' : answer.state
  throw new StartError(`This copy of the shop is in use: process ${pid} ${state}. Stop it first, or use another clone.`)
}

async function ask(port: number): Promise<{ token: string; state: string } | 'nobody' | 'silence'> {
  const socket = connect({ host: '127.0.0.1', port })
  // A holder that has been suspended still has its port, but cannot answer.
  const limit = setTimeout(() => socket.destroy(new Error('silence')), 3_000)
  try {
    return JSON.parse(await text(socket))
  } catch (error) {
    return error instanceof Error && error.message === 'silence' ? 'silence' : 'nobody'
  } finally {
    clearTimeout(limit)
  }
}
