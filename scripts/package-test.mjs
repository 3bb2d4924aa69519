// The package as its users get it: packed, installed in an empty project, imported, type-checked, its command run.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureInstalled, root } from './install.mjs'

ensureInstalled()
// Only now: it brings in an installed package.
const { checkCommand, checkContents, checkGenerate, checkImports, checkLint, checkTypes, installConsumer, pack } =
  await import('../test/package/steps.mjs')

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const folder = mkdtempSync(join(tmpdir(), 'substrata package '))
const consumer = join(folder, 'consumer')
let failed = 0

process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
const build = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: 'inherit' })
if (build.status !== 0) process.exit(1)

const tarball = pack(folder)
await step('the tarball holds what is meant to be published, and nothing else', () => checkContents(tarball))
await step('publint has nothing to say', () => checkLint(tarball))
await step('it installs in an empty project', () => installConsumer(consumer, tarball, manifest))
await step('every subpath is imported at run time', () => checkImports(consumer, manifest))
for (const resolution of ['nodenext', 'bundler'])
  await step(`every subpath has its types under ${resolution}`, () => checkTypes(consumer, manifest, resolution))
await step('the command runs', () => checkCommand(consumer, manifest))
await step('Prisma generates on our engine, with nothing downloaded', () => checkGenerate(consumer))

async function step(name, check) {
  try {
    await check()
    console.log(`ok      ${name}`)
  } catch (error) {
    failed++
    console.log(`FAILED  ${name}\n${error.message}\n`)
  }
}

console.log(failed === 0 ? '\nThe package is whole.' : `\nSteps failed: ${failed}.`)
process.exit(failed === 0 ? 0 : 1)
