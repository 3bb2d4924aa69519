import { describe, expect, it } from 'vitest'
import { contextKey, contextNames, createContext } from './context.ts'
import { isSubstrataError } from './errors.ts'

function refused(input: object): string {
  try {
    createContext(input)
  } catch (error) {
    if (isSubstrataError(error, 'SUB_CONTEXT_INVALID')) return error.message
    throw error
  }
  throw new Error('it was accepted')
}

describe('createContext', () => {
  it('names every setting, whatever is given, so that one context overwrites another whole', () => {
    const full = createContext({ userId: 'u', tenantId: 't', role: 'member', claims: { plan: 'free' } })
    expect(full.settings).toEqual([
      ['app.user_id', 'u'],
      ['app.tenant_id', 't'],
      ['app.claims', '{"plan":"free"}'],
      ['role', 'member'],
    ])
    expect(createContext({}).settings).toEqual([
      ['app.user_id', ''],
      ['app.tenant_id', ''],
      ['app.claims', ''],
      ['role', 'none'],
    ])
  })

  it('has the same key for the same meaning only', () => {
    const key = (input: object) => contextKey(createContext(input))
    expect(key({ userId: 'a', claims: { x: 1, y: { b: 1, a: [2] } } })).toBe(
      key({ claims: { y: { a: [2], b: 1 }, x: 1, z: undefined }, userId: 'a' }),
    )
    const keys = [{}, { userId: 'a' }, { tenantId: 'a' }, { role: 'a' }, { claims: {} }, { claims: { a: 1 } }].map(key)
    expect(new Set(keys).size).toBe(keys.length)
    expect(key({ userId: 'a","b' })).not.toBe(key({ userId: 'a', tenantId: 'b' }))
  })

  it('cannot be changed, not through the claims that it was made of either', () => {
    const claims = { groups: ['a'] }
    const context = createContext({ claims })
    claims.groups.push('admin')
    expect(context.settings[2]).toEqual(['app.claims', '{"groups":["a"]}'])
    expect(() => Object.assign(context, { userId: 'other' })).toThrow(TypeError)
    expect(Object.isFrozen(context.claims?.groups)).toBe(true)
  })

  it('refuses what PostgreSQL would get changed, at any depth', () => {
    expect(refused({ userId: 'a\0b' })).toContain('userId holds a NUL')
    expect(refused({ tenantId: 'a\ud800b' })).toContain('tenantId holds an unpaired surrogate')
    expect(refused({ tenantId: '\udc00' })).toContain('unpaired surrogate')
    expect(refused({ claims: { deep: [{ 'n\0': 1 }] } })).toContain('claims.deep[0] holds a NUL')
    expect(refused({ claims: { deep: ['\udfff'] } })).toContain('claims.deep[0] holds an unpaired')
    expect(createContext({ userId: 'ok 😀' }).userId).toBe('ok 😀')
  })

  it('refuses what it does not know, and what is not of its type', () => {
    expect(refused({ userID: 'a' })).toContain('userID is not a part')
    expect(refused({ userId: 7 })).toContain('userId is not a string')
    expect(refused({ userId: '' })).toContain('userId is empty')
    expect(refused({ role: 'none' })).toContain('role')
    expect(refused({ claims: new Map() })).toContain('claims is not a plain object')
    expect(refused({ claims: { at: new Date() } })).toContain('claims.at is not JSON')
    expect(refused({ claims: { n: Number.NaN } })).toContain('claims.n is not a finite number')
    const loop: Record<string, unknown> = {}
    loop.loop = loop
    expect(refused({ claims: loop })).toContain('nested')
  })

  it('shows no value in a fault', () => {
    expect(refused({ userId: 'hunter2\0' })).not.toContain('hunter2')
  })
})

describe('contextNames', () => {
  it('names what is set', () => {
    expect(contextNames(undefined)).toEqual([])
    expect(contextNames(createContext({ tenantId: 't', claims: {} }))).toEqual(['tenantId', 'claims'])
  })
})
