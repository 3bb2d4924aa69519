import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

export interface Process {
  readonly pid: number
  readonly parent: number
  readonly command: string
}

/** Everything that runs. A zombie has ended and only waits for its parent. */
export function listProcesses(): Process[] {
  return process.platform === 'linux' ? listProc() : listPs()
}

function listProc(): Process[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      const status = readFileSync(`/proc/${name}/stat`, 'utf8')
      const [state, parent] = status.slice(status.lastIndexOf(')') + 2).split(' ')
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ')
      return state === 'Z' ? [] : [{ pid: Number(name), parent: Number(parent), command }]
    } catch {
      // No process, or one that has ended in the meantime.
      return []
    }
  })
}

function listPs(): Process[] {
  const columns = ['-A', '-ww', '-o', 'pid=,ppid=,stat=,args=']
  const lines = execFileSync('ps', columns, { encoding: 'utf8', maxBuffer: 2 ** 26 }).split('\n')
  return lines.flatMap((line) => {
    const [, pid, parent, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
    if (pid === undefined || parent === undefined || command === undefined || state?.startsWith('Z')) return []
    return [{ pid: Number(pid), parent: Number(parent), command }]
  })
}

/** A process's children, their children, and so on. */
export function descendantsOf(pid: number, all: readonly Process[] = listProcesses()): Process[] {
  const children = all.filter(({ parent }) => parent === pid)
  return children.flatMap((child) => [child, ...descendantsOf(child.pid, all)])
}

/** The servers whose data lies in a folder; their children are named otherwise. */
export function postmastersIn(folder: string): Process[] {
  return listProcesses().filter(({ command }) => command.includes(`postgres -D ${folder}`))
}

/** Waits for what the test is about to see; the limit only ends a test that has failed. */
export async function eventually(what: string, condition: () => boolean | Promise<boolean>, seconds = 120) {
  const deadline = performance.now() + seconds * 1_000
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
