// Imports point down (ARCHITECTURE.md, "Layers") and never in a circle; values of @prisma/* enter in a few folders only.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** What each folder of src/ may import, besides itself. */
const layers = {
  core: [],
  schema: ['core'],
  pg: ['core'],
  query: ['core', 'schema', 'pg'],
  adapter: ['core', 'schema', 'pg', 'query'],
  client: ['core', 'schema', 'pg', 'query', 'adapter'],
  features: ['core', 'schema', 'pg', 'query', 'adapter', 'client'],
  migrate: ['core', 'schema', 'pg', 'query', 'features'],
  probes: ['core', 'schema', 'pg', 'features'],
  testing: ['core', 'schema', 'pg', 'migrate'],
  cli: ['core', 'schema', 'pg', 'query', 'adapter', 'client', 'features', 'migrate', 'probes'],
}

/** Folders that may import values from @prisma/*; types may come from anywhere. */
const prismaFolders = ['adapter', 'client', 'schema', 'migrate/engine']

const importPattern = /^\s*(?:import|export)\s+(type\s+)?(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]/gm
const dynamicPattern = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

const faults = []
const graph = new Map()
const files = readdirSync(join(root, 'src'), { recursive: true })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => join('src', file))
  .sort()

for (const file of files) {
  const text = readFileSync(join(root, file), 'utf8')
  const edges = []
  for (const [, type, specifier] of text.matchAll(importPattern)) edges.push([specifier, Boolean(type)])
  for (const [, specifier] of text.matchAll(dynamicPattern)) edges.push([specifier, false])
  const imports = []
  for (const [specifier, typeOnly] of edges) {
    if (
      specifier.startsWith('@prisma/') &&
      !typeOnly &&
      !file.endsWith('.test.ts') &&
      !prismaFolders.some((folder) => file.startsWith(join('src', folder, sep)))
    )
      faults.push(`${file}: imports a value of ${specifier}; only ${prismaFolders.join(', ')} may`)
    if (!specifier.startsWith('.')) continue
    const target = normalize(join(dirname(file), specifier))
    imports.push(target)
    checkDirection(file, target)
  }
  graph.set(normalize(file), imports)
}

function layerOf(file) {
  const parts = relative('src', file).split(sep)
  return parts.length > 1 ? parts[0] : 'index'
}

function checkDirection(file, target) {
  // Tests stand at the top: they may use the test helpers and whatever else they need.
  if (file.endsWith('.test.ts') || layerOf(file) === 'index') return
  const [from, to] = [layerOf(file), layerOf(target)]
  if (from !== to && !(layers[from] ?? []).includes(to))
    faults.push(`${file}: ${from} may not import ${to} (${target})`)
  // The files beside the features' folders list them.
  if (
    from === 'features' &&
    to === 'features' &&
    file.split(sep).length > 3 &&
    file.split(sep)[2] !== target.split(sep)[2]
  )
    faults.push(`${file}: a feature never imports a feature (${target})`)
}

const state = new Map()
function visit(file, path) {
  if (state.get(file) === 'done') return
  if (state.get(file) === 'open') {
    faults.push(`cycle: ${[...path.slice(path.indexOf(file)), file].join(' -> ')}`)
    return
  }
  state.set(file, 'open')
  for (const next of graph.get(file) ?? []) visit(next, [...path, file])
  state.set(file, 'done')
}
for (const file of graph.keys()) visit(file, [])

for (const fault of faults) console.error(fault)
if (faults.length > 0) process.exit(1)
console.log(`${files.length} files: imports point down, no cycle.`)
