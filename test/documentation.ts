import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What is done with a code block: `ts` is type-checked, `ts run` run as well, `ts test` run by vitest as well. */
export type Treatment = 'check' | 'run' | 'test'

/** A TypeScript block of a page. Blocks marked otherwise (`typescript`, `prisma`, `sh`) are left alone. */
export interface CodeBlock {
  readonly page: string
  /** Of its first line of code, from 1. */
  readonly line: number
  readonly treatment: Treatment
  readonly code: string
}

const TREATMENTS: Readonly<Record<string, Treatment>> = { ts: 'check', 'ts run': 'run', 'ts test': 'test' }

/** Every page for readers: the repository's own, the guides, and the README of each part. */
export function documentationPages(root: string): string[] {
  const inFolder = (folder: string) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md') && !/(^|[\\/])(node_modules|generated)[\\/]/.test(file))
      .map((file) => join(folder, file))
  const folders = readdirSync(root).filter((name) => ['src', 'docs', 'examples', 'bench'].includes(name))
  const top = readdirSync(root).filter((file) => file.endsWith('.md'))
  return [...top, ...folders.flatMap(inFolder)].sort()
}

/** The blocks of a page in order. */
export function codeBlocks(page: string, markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = []
  const lines = markdown.split(/\r?\n/)
  for (let index = 0; index < lines.length; index++) {
    const mark = /^```(.*)$/.exec(lines[index]!)?.[1]?.trim()
    if (mark === undefined) continue
    const end = lines.findIndex((line, at) => at > index && line.startsWith('```'))
    if (end < 0) throw new Error(`${page}:${index + 1}: the code block is not closed`)
    const treatment = TREATMENTS[mark]
    if (treatment === undefined && /^ts\b/.test(mark)) throw new Error(`${page}:${index + 1}: unknown mark "${mark}"`)
    if (treatment !== undefined)
      blocks.push({ page, line: index + 2, treatment, code: lines.slice(index + 1, end).join('\n') })
    index = end
  }
  return blocks
}

/** Writes a block as a module whose line numbers are the page's, and returns its path. */
export function writeBlock(directory: string, { page, line, treatment, code }: CodeBlock): string {
  mkdirSync(directory, { recursive: true })
  const file = join(directory, `${page.replace(/[\\/]/g, '.')}.${line}.${treatment}.ts`)
  writeFileSync(file, `${'\n'.repeat(line - 1)}${code}\n\nexport {}\n`)
  return file
}
