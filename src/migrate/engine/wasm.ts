import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { SchemaEngine } from '@prisma/schema-engine-wasm'

/** Prisma's schema engine, instantiated. */
export interface EngineModule {
  readonly SchemaEngine: typeof SchemaEngine
  /** Called once when the engine panics: nothing that is in flight in it will ever settle. Returns how to stop listening. */
  onPanic(listener: (message: string) => void): () => void
}

/** The part of the WebAssembly API that is used here; TypeScript has it only among the browser's types. */
interface WebAssemblyApi {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: EngineExports } }>
  RuntimeError: ErrorConstructor
}
type EngineExports = Record<string, unknown>

const webAssembly: WebAssemblyApi = Reflect.get(globalThis, 'WebAssembly')

/** True for the exception that a trap in the engine throws. */
export function isTrap(error: unknown): error is Error {
  return error instanceof webAssembly.RuntimeError
}

/** What the package's glue code exports besides the engine. */
interface Glue {
  readonly SchemaEngine: typeof SchemaEngine
  __wbg_set_wasm(exports: EngineExports): void
}

/** The glue reports a panic's message through this global, by name. */
interface PanicRegistry {
  set_message(message: string): void
}
declare global {
  var PRISMA_WASM_PANIC_REGISTRY: PanicRegistry | undefined
}

let loaded: Promise<EngineModule> | undefined
let generation = 0

/**
 * Loads the engine once per process, and anew after a panic: a panicked instance must not be used again. The package's own
 * entry needs Node's experimental import of `.wasm` files, so its glue is wired up by hand.
 */
export function loadEngine(): Promise<EngineModule> {
  loaded ??= instantiate()
  return loaded
}

/** The version of the engine package: Prisma's version and the engine's commit. */
export function engineVersion(): string {
  const description: { version: string } = JSON.parse(readFileSync(join(dirname(glueFile()), 'package.json'), 'utf8'))
  return description.version
}

function glueFile(): string {
  return createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg')
}

async function instantiate(): Promise<EngineModule> {
  const gluePath = glueFile()
  // The glue keeps its instance in a module variable; a query makes a second module for a second instance.
  const glue: Glue = await import(`${pathToFileURL(gluePath).href}?instance=${generation++}`)
  const bytes = readFileSync(join(dirname(gluePath), 'schema_engine_bg.wasm'))
  const { instance } = await webAssembly.instantiate(bytes, { './schema_engine_bg.js': { ...glue } })

  const listeners = new Set<(message: string) => void>()
  let panicMessage: string | undefined
  const panicked = (error: unknown) => {
    loaded = undefined
    const message = panicMessage ?? (error instanceof Error ? error.message : String(error))
    for (const listener of [...listeners]) listener(message)
  }
  listenForPanics((message) => {
    panicMessage = message
  })
  glue.__wbg_set_wasm(guard(instance.exports, panicked))
  const start = instance.exports.__wbindgen_start
  if (typeof start === 'function') start()
  return {
    SchemaEngine: glue.SchemaEngine,
    onPanic(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/**
 * A panic inside an asynchronous method surfaces as an exception in one of the engine's microtasks, which would end the
 * process while the method's promise stays pending. Those microtasks all enter through the exported closure invokers.
 */
function guard(exports: EngineExports, panicked: (error: unknown) => void): EngineExports {
  const guarded: EngineExports = {}
  for (const [name, value] of Object.entries(exports)) {
    guarded[name] =
      typeof value === 'function' && name.includes('closures_____invoke')
        ? (...args: unknown[]) => {
            try {
              return value(...args)
            } catch (error) {
              panicked(error)
              return undefined
            }
          }
        : value
  }
  return guarded
}

function listenForPanics(listener: (message: string) => void): void {
  const previous = globalThis.PRISMA_WASM_PANIC_REGISTRY
  if (previous === undefined) {
    globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: listener }
    return
  }
  const forward = previous.set_message.bind(previous)
  previous.set_message = (message) => {
    forward(message)
    listener(message)
  }
}
