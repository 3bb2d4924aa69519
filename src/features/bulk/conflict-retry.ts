import { setTimeout as sleep } from 'node:timers/promises'

const ATTEMPTS = 5
const FIRST_PAUSE = 10

/** Runs it again when it lost a conflict (P2034: 40001, 40P01), which has left nothing behind. */
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

export function isConflict(error: unknown): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === 'P2034'
}
