import { readdirSync } from 'node:fs'
import { extname } from 'node:path'
import type { Suite } from './suite.ts'

const folder = new URL('../suites/', import.meta.url)

/** The names of all suites: the folders of `bench/suites/`. */
export function suiteNames(): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted()
}

/** Where the case files of a suite are. */
export function suiteFolder(name: string): URL {
  return new URL(`${name}/`, folder)
}

export async function loadSuite(name: string): Promise<Suite> {
  const index = new URL(`index${extname(import.meta.filename)}`, suiteFolder(name))
  return ((await import(index.href)) as { suite: Suite }).suite
}
