import { contextInvalid } from './context-errors.ts'

/** Who asks. Becomes settings of the transaction that a statement runs in, where policies read them. */
export interface ContextInput {
  /** Read by policies as `current_setting('app.user_id', true)`. */
  readonly userId?: string | undefined
  /** Read by policies as `current_setting('app.tenant_id', true)`. */
  readonly tenantId?: string | undefined
  /** A database role to act as (`SET LOCAL ROLE`). The connecting role must be a member of it. */
  readonly role?: string | undefined
  /** Anything else that policies need: JSON in `current_setting('app.claims', true)`. */
  readonly claims?: { readonly [name: string]: JsonValue } | undefined
}

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue | undefined }

/** A setting of PostgreSQL: name and value. */
export type Setting = readonly [name: string, value: string]

/** A checked, immutable context. Made by {@link createContext} only. */
export interface Context {
  readonly userId: string | undefined
  readonly tenantId: string | undefined
  readonly role: string | undefined
  readonly claims: { readonly [name: string]: JsonValue } | undefined
  /** Always the same four names in the same order, so that one context overwrites another whole. */
  readonly settings: readonly Setting[]
  /** Of the settings, those that differ from a session's in which nothing was set. */
  readonly stated: readonly Setting[]
}

const parts = ['userId', 'tenantId', 'role', 'claims'] as const

const unpaired = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/

/**
 * Checks and freezes a context.
 *
 * @throws SUB_CONTEXT_INVALID for a name it does not know, a value that is not of its type, an empty string, a NUL
 * character or an unpaired surrogate. The last two cannot reach PostgreSQL unchanged, so two users could become one.
 */
export function createContext(input: ContextInput): Context {
  for (const name of Object.keys(input))
    if (!parts.some((part) => part === name)) throw contextInvalid({ field: name, fault: 'is not a part of a context' })
  const userId = text('userId', input.userId)
  const tenantId = text('tenantId', input.tenantId)
  const role = text('role', input.role)
  const claims = input.claims === undefined ? undefined : frozenClaims(input.claims)
  const claimsText = claims === undefined ? '' : JSON.stringify(claims)
  const settings = settingsOf(userId ?? '', tenantId ?? '', claimsText, role ?? 'none')
  return Object.freeze({
    userId,
    tenantId,
    role,
    claims,
    settings,
    stated: Object.freeze(settings.filter(([, value], i) => value !== emptySettings[i]![1])),
  })
}

/** Equal for two contexts exactly when they mean the same, whatever the order of their claims. */
export function contextKey(context: Context | undefined): string {
  if (context === undefined) return ''
  const { userId = null, tenantId = null, role = null, claims } = context
  return JSON.stringify([userId, tenantId, role, claims === undefined ? '' : JSON.stringify(claims)])
}

/** Whether two contexts mean the same. */
export function sameContext(one: Context | undefined, other: Context | undefined): boolean {
  return one === other || contextKey(one) === contextKey(other)
}

/** What is sent for an operation without a context on a connection where another had one. */
export const emptySettings: readonly Setting[] = settingsOf('', '', '', 'none')

function settingsOf(userId: string, tenantId: string, claims: string, role: string): readonly Setting[] {
  return Object.freeze([
    ['app.user_id', userId],
    ['app.tenant_id', tenantId],
    ['app.claims', claims],
    ['role', role],
  ] as const)
}

function text(field: string, value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'string') throw contextInvalid({ field, fault: 'is not a string' })
  if (value === '') throw contextInvalid({ field, fault: 'is empty; leave it out where there is none' })
  if (field === 'role' && value === 'none') throw contextInvalid({ field, fault: "is 'none', which is no role" })
  return transportable(field, value)
}

function transportable(field: string, value: string): string {
  if (value.includes('\0')) throw contextInvalid({ field, fault: 'holds a NUL character' })
  if (unpaired.test(value)) throw contextInvalid({ field, fault: 'holds an unpaired surrogate' })
  return value
}

function frozenClaims(claims: object): { readonly [name: string]: JsonValue } {
  if (!isPlainObject(claims)) throw contextInvalid({ field: 'claims', fault: 'is not a plain object' })
  return sortedObject('claims', claims, 0)
}

/** A deep, frozen copy with sorted names: later changes to the caller's object do not reach it. */
function canonical(path: string, value: unknown, depth: number): JsonValue {
  if (depth > 32) throw contextInvalid({ field: path, fault: 'is nested more than 32 deep' })
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'string') return transportable(path, value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw contextInvalid({ field: path, fault: 'is not a finite number' })
    return value
  }
  if (Array.isArray(value)) return Object.freeze(value.map((item, i) => canonical(`${path}[${i}]`, item, depth + 1)))
  if (typeof value === 'object' && isPlainObject(value)) return sortedObject(path, value, depth)
  throw contextInvalid({ field: path, fault: 'is not JSON' })
}

function sortedObject(path: string, value: object, depth: number): { readonly [name: string]: JsonValue } {
  const entries: [string, JsonValue][] = []
  for (const [name, item] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    if (item !== undefined) entries.push([transportable(path, name), canonical(`${path}.${name}`, item, depth + 1)])
  return Object.freeze(Object.fromEntries(entries))
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** The parts that are set, by name: what events and logs may show of a context. */
export function contextNames(context: Context | undefined): readonly string[] {
  return context === undefined ? [] : parts.filter((part) => context[part] !== undefined)
}
