import { describe, expect, test } from 'vitest'
import { readOptions } from '../../examples/shop/src/start/options.ts'

const defaults = { scale: 1, seed: false, reset: false, port: 3000, allowOtherTables: false }
const url = 'postgresql://app:hush@db.example:6432/shop'

test('without flags: the defaults', () => {
  expect(readOptions([], {})).toEqual(defaults)
})

test('flags are read', () => {
  expect(readOptions(['--scale', '0.5', '--port=0', '--seed', '--reset', '--allow-other-tables'], {})).toEqual({
    scale: 0.5,
    port: 0,
    seed: true,
    reset: true,
    allowOtherTables: true,
  })
})

test('a database of the environment: its owner is the same role unless another is named', () => {
  expect(readOptions([], { DATABASE_URL: url })?.database).toEqual({ url, ownerUrl: url, ownerGiven: false })
  const ownerUrl = 'postgres://owner:hush@db.example/shop'
  expect(readOptions([], { DATABASE_URL: url, MIGRATE_DATABASE_URL: ownerUrl })?.database).toEqual({
    url,
    ownerUrl,
    ownerGiven: true,
  })
  expect(readOptions([], { DATABASE_URL: '' })).toEqual(defaults)
})

describe('what is written wrongly is refused with exit code 2', () => {
  test.each([
    [['--scale', '0'], /--scale.*above 0/],
    [['--scale', 'many'], /--scale.*above 0/],
    [['--scale', ''], /--scale.*above 0/],
    [['--scale'], /--scale <factor>' argument missing/],
    [['--port', '65536'], /--port.*0 to 65535/],
    [['--port', '-1'], /--port/],
    [['--port', '80a'], /--port.*0 to 65535/],
    [['--sclae', '2'], /unknown option '--sclae'/],
    [['20'], /too many arguments/],
  ])('%j', (args, message) => {
    expect(() => readOptions(args, {})).toThrow(expect.objectContaining({ exitCode: 2 }))
    expect(() => readOptions(args, {})).toThrow(message)
    expect(() => readOptions(args, {})).toThrow(/Usage: npm start -- /)
  })

  test('flags that npm has kept for itself', () => {
    const environment = { npm_lifecycle_event: 'start', npm_config_reset: 'true' }
    expect(() => readOptions([], environment)).toThrow(/npm start -- --reset/)
  })

  test.each(['not a url', 'mysql://a:hush@b/c', 'postgresql://a:hush@b', 'postgresql://a:hush@b:port/c'])(
    'DATABASE_URL=%s, without showing it',
    (value) => {
      let message = ''
      try {
        readOptions([], { DATABASE_URL: value })
      } catch (error) {
        message = String(error)
        expect(error).toMatchObject({ exitCode: 2 })
      }
      expect(message).toContain('DATABASE_URL is not usable')
      expect(message).not.toContain('hush')
    },
  )

  test('an owner without a database', () => {
    expect(() => readOptions([], { MIGRATE_DATABASE_URL: url })).toThrow(/without DATABASE_URL/)
  })
})
