import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** What `npm start` would install or generate first. */
const generated = ['examples/shop/generated', 'bench/generated']

export interface User {
  readonly uid: number
  readonly gid: number
}

export interface Clone extends Disposable {
  readonly folder: string
}

/**
 * A copy of the repository as it stands, in a folder with a space in its name.
 *
 * @param options.owner - Whose it is, and who alone may look into it; default: this user's, open to all.
 * @param options.modules - 'shared': the installation of this repository. 'own': the same files in the clone itself, for users who
 * may not read this repository. 'none': as git would clone it.
 */
export function cloneRepository(options: { modules?: 'shared' | 'own' | 'none'; owner?: User } = {}): Clone {
  const { modules = 'shared', owner } = options
  if (modules !== 'none') requireInstalled()
  const base = mkdtempSync(join(tmpdir(), 'substrata start '))
  // Root's PostgreSQL runs as another user, which has to get in.
  chmodSync(base, owner ? 0o700 : 0o755)
  const folder = join(base, 'a clone')
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8' })
  for (const file of files.split('\0')) if (existsSync(join(root, file)) && file !== '') copy(file, folder)
  if (modules !== 'none') {
    for (const path of generated)
      if (existsSync(join(root, path))) cpSync(join(root, path), join(folder, path), { recursive: true })
    if (modules === 'own') linkTree(join(root, 'node_modules'), join(folder, 'node_modules'))
    else symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  }
  if (owner !== undefined) chownTree(base, owner)
  return { folder, [Symbol.dispose]: () => rmSync(base, { recursive: true, force: true, maxRetries: 10 }) }
}

/** A clone that found the shared installation out of date would renew it under the feet of this process. */
function requireInstalled(): void {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  const stamp = join(root, 'node_modules', '.substrata-install')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock)
    throw new Error('node_modules is not that of package-lock.json: run npm test, which renews it first')
}

function copy(file: string, folder: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  copyFileSync(join(root, file), join(folder, file))
}

/** Hard links cost no space and little time; across file systems, copies. */
function linkTree(from: string, to: string): void {
  mkdirSync(to)
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) linkTree(source, target)
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target)
    else linkOrCopy(source, target)
  }
}

function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target)
  } catch {
    copyFileSync(source, target)
  }
}

/** Gives away the folders and the files of the repository; installed files stay, since they may be links to those of others. */
function chownTree(folder: string, owner: User): void {
  chownSync(folder, owner.uid, owner.gid)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.name === 'node_modules') continue
    if (entry.isDirectory()) chownTree(path, owner)
    else chownSync(path, owner.uid, owner.gid)
  }
}
