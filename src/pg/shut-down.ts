import type { Connection } from './connection.ts'
import { closed } from './errors.ts'
import type { Opener } from './opener.ts'

/** Lanes, or the pool. */
interface Part {
  connections(): Connection[]
  stop(): void
  dismiss(error: Error): void
  drained(): Promise<void>
}

export interface ShutDownOptions {
  readonly node: string
  readonly opener: Opener
  readonly parts: readonly Part[]
}

/** How long it waits, in milliseconds, when all that was open has been broken off. */
const lastPatience = 1_000

/** Lets what runs end within `patience` milliseconds, then stops the rest on the server and closes every connection. */
export async function shutDown({ node, opener, parts }: ShutDownOptions, patience: number): Promise<void> {
  for (const part of parts) part.stop()
  const drained = Promise.all(parts.map((part) => part.drained()))
  if (await isWithin(drained, patience)) return
  for (const part of parts) part.dismiss(closed({ node, outcome: 'never sent' }))
  const reason = closed({ node, outcome: 'unknown' })
  const connections = parts.flatMap((part) => part.connections())
  await Promise.all(connections.map((connection) => breakOff(connection, opener, reason)))
  // What is still being opened is closed as soon as it is open.
  await isWithin(drained, lastPatience)
}

async function breakOff(connection: Connection, opener: Opener, reason: Error): Promise<void> {
  if (connection.inFlight.length > 0) await opener.cancel(connection)
  connection.destroy(reason)
}

async function isWithin(promise: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, milliseconds, false)
  })
  const done = await Promise.race([promise.then(() => true), late])
  clearTimeout(timer)
  return done
}
