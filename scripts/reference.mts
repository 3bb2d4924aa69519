// Writes docs/reference/ from the source, or with --check fails where a page differs from it.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { definedErrors } from '../src/core/errors.ts'
import { featureAnnotations } from '../src/features/annotations.ts'
import { grammarJson, grammarPage, schemaAnnotations } from '../src/schema/index.ts'

const annotations = [...schemaAnnotations, ...featureAnnotations]
const root = join(import.meta.dirname, '..')

async function errorsPage(): Promise<string> {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  for (const file of files.filter((name) => name.endsWith('errors.ts')).sort())
    await import(pathToFileURL(join(root, 'src', file)).href)
  const sections = definedErrors().map(({ code, summary, mend }) => `## ${code}\n\n${summary}\n\n**Mend:** ${mend}\n`)
  return `# Errors\n\nGenerated from the source by \`npm run check\`'s reference step; do not edit.\n\n${sections.join('\n')}`
}

const pages: Record<string, () => string | Promise<string>> = {
  'docs/reference/errors.md': errorsPage,
  'docs/reference/annotations.md': () => grammarPage(annotations),
  'docs/reference/annotations.json': () => `${JSON.stringify(grammarJson(annotations), null, 2)}\n`,
}

let stale = 0
for (const [path, render] of Object.entries(pages)) {
  const text = await render()
  const file = join(root, path)
  if (!process.argv.includes('--check')) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  } else if (read(file) !== text) {
    console.error(
      `${path} is out of date: run \`node --import tsx --conditions=substrata-source scripts/reference.mts\``,
    )
    stale++
  }
}
if (stale > 0) process.exit(1)

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
