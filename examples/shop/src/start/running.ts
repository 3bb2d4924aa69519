import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { isSubstrataError } from 'substrata'
import { StartError } from './errors.ts'

/** Says to other starts, in a file, where this process serves the shop. */
export function announce(file: string, url: string): Disposable {
  writeFileSync(file, JSON.stringify({ pid: process.pid, url }))
  return {
    [Symbol.dispose]: () => rmSync(file, { force: true }),
  }
}

/** The error of a start that finds the database in use, with what the other one has announced. Other errors stay as they are. */
export function explainInUse(error: unknown, file: string): unknown {
  if (!isSubstrataError(error, 'SUB_CLUSTER_IN_USE')) return error
  const { pid } = error.details as { pid: number }
  const url = announced(file, pid)
  const what = url === undefined ? 'is just starting or stopping the shop' : `already serves the shop at ${url}`
  return new StartError(`Process ${pid} ${what}. Stop it first, or use another clone.`, { cause: error })
}

/** What a file says counts only if it is from that very process: one that was killed leaves its file. */
function announced(file: string, pid: number): string | undefined {
  try {
    const found: { pid: number; url: string } = JSON.parse(readFileSync(file, 'utf8'))
    return found.pid === pid ? found.url : undefined
  } catch {
    return undefined
  }
}
