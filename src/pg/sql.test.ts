import { describe, expect, it } from 'vitest'
import { identifier, literal } from './sql.ts'

describe('identifier', () => {
  it('quotes each part', () => {
    expect(identifier('public', 'Users')).toBe('"public"."Users"')
  })

  it('doubles the quotes inside', () => {
    expect(identifier('a"; DROP TABLE users; --')).toBe('"a""; DROP TABLE users; --"')
  })

  it('refuses what PostgreSQL cannot hold', () => {
    expect(() => identifier('')).toThrow(TypeError)
    expect(() => identifier('public', 'a\0b')).toThrow(TypeError)
  })
})

describe('literal', () => {
  it('doubles quotes and escapes backslashes', () => {
    expect(literal("it's")).toBe("'it''s'")
    expect(literal('a\\b')).toBe(" E'a\\\\b'")
  })

  it('refuses a NUL', () => {
    expect(() => literal('a\0b')).toThrow(TypeError)
  })
})
