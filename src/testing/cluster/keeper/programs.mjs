import { spawn, spawnSync } from 'node:child_process'
import { crash, eventually, signal } from './processes.mjs'

/** How long a program may take to clean up after itself, milliseconds. */
const PATIENCE = 3_000

/** The programs that run now. @type {Set<import('node:child_process').ChildProcess>} */
const programs = new Set()

/**
 * Runs a program to its end.
 *
 * @param {import('./protocol.ts').Command} command
 * @returns {Promise<import('./protocol.ts').Ended>}
 */
export function runProgram(command) {
  const { file, args, ...options } = endingWithKeeper(command)
  const program = spawn(file, args, { ...options, cwd: '/', detached: true, windowsHide: true })
  programs.add(program)
  let output = ''
  for (const stream of [program.stdout, program.stderr])
    stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      output = (output + text).slice(-8_000)
    })
  return new Promise((resolve, reject) => {
    program.once('error', (error) => {
      programs.delete(program)
      reject(error)
    })
    program.once('close', (code) => {
      programs.delete(program)
      resolve({ code, output })
    })
  })
}

/** Ends all programs, each with the processes that it has started. */
export async function endPrograms() {
  await Promise.all(
    [...programs].map(async (program) => {
      const { pid } = program
      if (pid === undefined) return
      if (process.platform === 'win32') return crash(pid)
      signal(-pid, 'SIGTERM')
      const gone = () => !programs.has(program)
      if (await eventually(gone, PATIENCE)) return
      signal(-pid, 'SIGKILL')
      await eventually(gone, PATIENCE)
    }),
  )
}

/**
 * Lets the kernel end a program whose keeper is killed, where util-linux brings the command that asks for it (prctl(2),
 * PR_SET_PDEATHSIG). Elsewhere a server runs on until somebody starts a cluster on its directory.
 *
 * @param {import('./protocol.ts').Command} command
 * @returns {import('./protocol.ts').Command}
 */
export function endingWithKeeper({ file, args, ...rest }) {
  const asking = ['--pdeathsig', 'INT']
  const able = process.platform === 'linux' && spawnSync('setpriv', [...asking, 'true']).status === 0
  return able ? { file: 'setpriv', args: [...asking, file, ...args], ...rest } : { file, args, ...rest }
}
