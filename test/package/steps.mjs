// The steps of the packaging test, in the order in which scripts/package-test.mjs takes them. Each throws with the reason.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'

const root = join(import.meta.dirname, '..', '..')

/** What may be published: compiled code with its types, the commands, and the files that npm always takes. */
const publishable = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
  /^bin\/[\w-]+\.[cm]js$/,
  /^bin\/path\/substrata(\.cmd)?$/,
  /^dist\/.+\.(js|mjs|d\.ts|d\.mts)$/,
]

/** Packs into `folder`; the tarball's path and the files in it. */
export function pack(folder) {
  const [packed] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder], root))
  return { path: join(folder, packed.filename), files: packed.files.map(({ path }) => path) }
}

export function checkContents({ files }) {
  const strangers = files.filter((file) => !publishable.some((pattern) => pattern.test(file)))
  assert.deepEqual(strangers, [], 'files that do not belong into the package')
  assert.deepEqual(
    files.filter((file) => /\.(test|spec)\./.test(file)),
    [],
    'tests in the package',
  )
  const missing = expectedFiles().filter((file) => !files.includes(file))
  assert.deepEqual(missing, [], 'files missing from the package')
}

function expectedFiles() {
  const sources = readdirSync(join(root, 'src'), { recursive: true }).map((file) => file.replaceAll('\\', '/'))
  const compiled = sources
    .filter((file) => /\.m?ts$/.test(file) && !/\.test\.ts$/.test(file))
    .flatMap((file) => [file.replace(/ts$/, 'js'), file.replace(/(m?)ts$/, 'd.$1ts')])
  const copied = sources.filter((file) => file.endsWith('.mjs'))
  return ['README.md', 'LICENSE', 'CHANGELOG.md', ...[...compiled, ...copied].map((file) => `dist/${file}`)]
}

export async function checkLint({ path }) {
  const { messages, pkg } = await publint({
    pack: { tarball: new Uint8Array(readFileSync(path)).buffer },
    strict: true,
  })
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg, { color: false })),
    [],
  )
}

/** Makes the empty project and installs the tarball, its peers and the compiler, in the versions that are developed with. */
export function installConsumer(consumer, { path }, manifest) {
  mkdirSync(consumer)
  writeFileSync(join(consumer, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
  const companions = [...Object.keys(manifest.peerDependencies), 'typescript', '@types/node']
  const pinned = companions.map((name) => `${name}@${manifest.devDependencies[name]}`)
  run('npm', ['install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', path, ...pinned], consumer)
}

export function checkImports(consumer, manifest) {
  for (const specifier of codeSubpaths(manifest))
    assert.notDeepEqual(exportedNames(consumer, specifier), [], `${specifier} exports nothing`)
  const script = `import manifest from '${manifest.name}/package.json' with { type: 'json' }; console.log(manifest.version)`
  assert.equal(evaluate(consumer, script), manifest.version)
}

export function checkTypes(consumer, manifest, resolution) {
  // Each name that is there at run time must have a type; a subpath without types is an error under `strict`.
  const lines = codeSubpaths(manifest).flatMap((specifier, index) => [
    `import * as subpath${index} from '${specifier}'`,
    `export const used${index} = [${exportedNames(consumer, specifier).map((name) => `subpath${index}.${name}`)}]`,
  ])
  writeFileSync(join(consumer, 'consumer.ts'), `${lines.join('\n')}\n`)
  const config = `tsconfig.${resolution}.json`
  copyFileSync(join(import.meta.dirname, config), join(consumer, config))
  run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', config], consumer)
}

export function checkCommand(consumer, manifest) {
  for (const command of Object.keys(manifest.bin)) {
    assert.equal(run('npm', ['exec', '--no', '--', command, '--version'], consumer).trim(), manifest.version)
    assert.match(run('npm', ['exec', '--no', '--', command, '--help'], consumer), /usage/i)
  }
}

/** Prisma's own CLI on our engine, both generators found, with every way to a download closed. */
export function checkGenerate(consumer) {
  mkdirSync(join(consumer, 'prisma'))
  writeFileSync(join(consumer, 'prisma', 'schema.prisma'), SCHEMA)
  const closed = { HTTP_PROXY: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9' }
  const substrata = (...args) => run('npm', ['exec', '--no', '--', 'substrata', ...args], consumer, closed)
  substrata('prisma', 'generate')
  assert.deepEqual(readdirSync(join(consumer, 'generated')).sort(), ['prisma', 'substrata'])
  const diff = ['migrate', 'diff', '--from-empty', '--to-schema', 'prisma/schema.prisma', '--script']
  assert.match(substrata('prisma', ...diff), /CREATE TABLE "User"/)
}

const SCHEMA = `
datasource db {
  provider = "postgresql"
}
generator client {
  provider = "prisma-client"
  output   = "../generated/prisma"
}
generator substrata {
  provider = "substrata"
  output   = "../generated/substrata"
}
model User {
  id Int @id
}
`

/** The specifiers of the package's subpaths that hold code. */
function codeSubpaths({ name, exports }) {
  return Object.keys(exports)
    .filter((subpath) => !subpath.endsWith('.json'))
    .map((subpath) => name + subpath.slice(1))
}

function exportedNames(consumer, specifier) {
  return JSON.parse(evaluate(consumer, `console.log(JSON.stringify(Object.keys(await import('${specifier}'))))`))
}

function evaluate(consumer, script) {
  return run(process.execPath, ['--input-type=module', '--eval', script], consumer).trim()
}

/** Runs a command to its end and returns what it printed; throws with everything it said when it fails. */
function run(command, args, cwd, env = {}) {
  // npm is a .cmd file on Windows, which only a shell can start.
  const shell = command === 'npm' && process.platform === 'win32'
  const result = spawnSync(command, args, {
    cwd,
    shell,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    env: { ...process.env, ...env },
  })
  if (result.status === 0) return result.stdout
  throw new Error(
    `${command} ${args.join(' ')} failed\n${result.stdout ?? ''}${result.stderr ?? ''}${result.error ?? ''}`,
  )
}
