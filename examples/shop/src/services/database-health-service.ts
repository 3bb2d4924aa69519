import { setTimeout as pause } from 'node:timers/promises'
import type { PrismaClient } from '../../generated/prisma/client.ts'

export type HealthStatus =
  | { status: 'healthy'; responseTime: number; activeConnections: number; timestamp: Date }
  | { status: 'unhealthy'; error: string; timestamp: Date }

interface Answer {
  /** Milliseconds. */
  responseTime: number
  activeConnections: number
}

export class DatabaseHealthService {
  private readonly prisma: PrismaClient
  private readonly timeout: number
  private running: Promise<Answer> | undefined

  /** `timeout`: milliseconds after which a database that does not answer counts as unhealthy. */
  constructor(prisma: PrismaClient, timeout = 2_000) {
    this.prisma = prisma
    this.timeout = timeout
  }

  /** Whether the process runs. It never asks the database: restarting the process would not mend that. */
  checkLiveness(): { status: 'alive'; uptime: number } {
    return { status: 'alive', uptime: process.uptime() }
  }

  /** Whether the database answers in time: whether this process should get requests. */
  async checkHealth(): Promise<HealthStatus> {
    // One question at a time: with a database that hangs, checks must not fill the pool with waiting questions.
    this.running ??= this.ask().finally(() => {
      this.running = undefined
    })
    const answer = await settled(this.running, this.timeout)
    const timestamp = new Date()
    return typeof answer === 'string'
      ? { status: 'unhealthy', error: answer, timestamp }
      : { status: 'healthy', ...answer, timestamp }
  }

  private async ask(): Promise<Answer> {
    const start = performance.now()
    const [row] = await this.prisma.$queryRaw<[{ activeConnections: number }]>`
      SELECT numbackends AS "activeConnections" FROM pg_stat_database WHERE datname = current_database()`
    return { responseTime: Math.round(performance.now() - start), activeConnections: row.activeConnections }
  }
}

/** The answer, or why there is none. The error's own text stays here: it can name hosts and users. */
async function settled(running: Promise<Answer>, timeout: number): Promise<Answer | string> {
  const answered = new AbortController()
  const late = pause(timeout, `The database did not answer within ${timeout} ms.`, { signal: answered.signal })
  try {
    return await Promise.race([running, late])
  } catch {
    return 'The database cannot be reached.'
  } finally {
    answered.abort()
  }
}
