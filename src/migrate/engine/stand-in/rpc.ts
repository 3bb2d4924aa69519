import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { rpcError } from './rpc-error.ts'

/** One method of the engine's JSON-RPC interface. */
export type Method = (params: unknown) => Promise<unknown>

export interface Methods extends AsyncDisposable {
  find(name: string): Method | undefined
}

interface Request {
  readonly id: number
  readonly method: string
  readonly params?: unknown
}

/** The time a signal leaves for dropping shadow databases and closing connections; Prisma's engine takes the same. */
const SHUTDOWN_DEADLINE_MS = 4000

/** Serves JSON-RPC 2.0, one message per line, until the input ends or the process is told to stop. Calls run in their order. */
export async function serve(methods: Methods): Promise<void> {
  // Prisma may be gone before the last answer is written.
  process.stdout.on('error', () => {})
  const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })
  let working = Promise.resolve()
  lines.on('line', (line) => {
    const request = parseRequest(line)
    if (request !== undefined) working = working.then(() => answer(methods, request))
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopNow(methods))
  await once(lines, 'close')
  await working
  await methods[Symbol.asyncDispose]()
}

/** Asks Prisma's CLI to print something. It acknowledges; nothing waits for that. */
export function print(content: string): void {
  send({ id: nextPrint++, method: 'print', params: { content } })
}
let nextPrint = 0

async function answer(methods: Methods, { id, method, params }: Request): Promise<void> {
  try {
    const implementation = methods.find(method)
    if (implementation === undefined) throw new Error(`The schema engine has no method ${method}.`)
    send({ id, result: (await implementation(params)) ?? null })
  } catch (error) {
    send({ id, error: rpcError(error) })
  }
}

function stopNow(methods: Methods): void {
  setTimeout(() => process.exit(1), SHUTDOWN_DEADLINE_MS).unref()
  Promise.resolve(methods[Symbol.asyncDispose]()).then(
    () => process.exit(0),
    () => process.exit(1),
  )
}

function send(message: object): void {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
}

/** Undefined for an acknowledgement. */
function parseRequest(line: string): Request | undefined {
  const message: Partial<Request> = JSON.parse(line)
  return message.method === undefined || message.id === undefined
    ? undefined
    : { id: message.id, method: message.method, params: message.params }
}
