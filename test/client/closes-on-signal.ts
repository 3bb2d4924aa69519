// A process that is ended by a signal while a statement runs.
import { openClient } from './open-client.ts'

const db = await openClient({ url: process.env.DATABASE_URL ?? '', closeOn: ['SIGTERM', 'SIGINT'] })
await db.$queryRaw`SELECT pg_sleep(1)::text`
console.log('slept')
setInterval(() => {}, 60_000)
