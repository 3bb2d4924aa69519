import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { installFailed } from './errors.ts'
import type { Package } from './versions.ts'

/**
 * Installs a package with npm into an empty folder, without running its scripts.
 *
 * @returns Its folder `native`.
 * @throws SUB_CLUSTER_INSTALL_FAILED
 */
export async function installPackage({ name, version }: Package, folder: string): Promise<string> {
  const exact = `${name}@${version}`
  process.stderr.write(`Installing ${exact} with npm, once ...\n`)
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  // The project's .npmrc names the registry to use.
  const settings = join(process.cwd(), '.npmrc')
  if (existsSync(settings)) copyFileSync(settings, join(folder, '.npmrc'))
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', exact]
  const output = await runNpm(args, folder).catch((error: Error) => error.message)
  const native = join(folder, 'node_modules', name, 'native')
  if (!existsSync(native)) throw installFailed({ name: exact, output })
  return native
}

function runNpm(args: readonly string[], cwd: string): Promise<string> {
  // Under an npm script this is the very npm that runs it; on Windows `npm` itself is a script that only a shell can start.
  const script = process.env.npm_execpath?.endsWith('npm-cli.js') ? process.env.npm_execpath : undefined
  const npm = script
    ? spawn(process.execPath, [script, ...args], { cwd })
    : spawn('npm', args, { cwd, shell: process.platform === 'win32' })
  let output = ''
  for (const stream of [npm.stdout, npm.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-4_000)
    })
  return new Promise((resolve, reject) => {
    npm.once('error', reject)
    npm.once('close', () => resolve(output))
  })
}
