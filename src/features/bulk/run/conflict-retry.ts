import { setTimeout as sleep } from 'node:timers/promises'

const ATTEMPTS = 5
const FIRST_PAUSE = 10

/** Runs it again when it lost a conflict (a serialization failure, a deadlock), which has left nothing behind. */
export async function retryConflicts<T>(work: () => Promise<T>, attempts = ATTEMPTS): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt >= attempts || !isConflict(error)) throw error
      await sleep(Math.random() * FIRST_PAUSE * 2 ** attempt)
    }
  }
}

/** As Prisma says it, or as the database does where nobody has put it into Prisma's words. */
const conflicts = ['P2034', '40001', '40P01']

export function isConflict(error: unknown): boolean {
  return error instanceof Error && conflicts.includes(String((error as { code?: unknown }).code))
}
