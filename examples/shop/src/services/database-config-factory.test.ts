import { expect, it } from 'vitest'
import { DatabaseConfigFactory } from './database-config-factory.ts'

const DATABASE_URL = 'postgresql://shop:secret@localhost:5432/shop'

it.each([
  ['development', 5, true],
  ['staging', 10, true],
  ['production', 20, false],
])('knows the preset of %s', (environment, maxConnections, enableLogging) => {
  expect(DatabaseConfigFactory.create(environment, { DATABASE_URL })).toEqual({
    url: DATABASE_URL,
    queryTimeout: 30_000,
    maxConnections,
    enableLogging,
  })
})

it.each(['', 'test', 'Production', 'toString', '__proto__'])('does not know the environment %j', (environment) => {
  expect(() => DatabaseConfigFactory.create(environment, { DATABASE_URL })).toThrow(
    `Unknown environment: ${environment}`,
  )
})

it('lists every fault at once', () => {
  expect(() => DatabaseConfigFactory.create('test', {})).toThrow(
    /Unknown environment: test.*development, staging, production[\s\S]*DATABASE_URL is not set/,
  )
  expect(() => DatabaseConfigFactory.create('test', { DATABASE_URL: 'mysql://localhost' })).toThrow(
    /Unknown environment[\s\S]*not of PostgreSQL[\s\S]*names no database/,
  )
})

it('shows nothing of a URL that is wrong', () => {
  for (const url of ['postgresql://shop:se/cr#et@localhost/shop', 'mysql://shop:secret@localhost/shop', 'secret'])
    try {
      DatabaseConfigFactory.create('production', { DATABASE_URL: url })
      expect.unreachable(url)
    } catch (error) {
      expect(String(error)).not.toMatch(/secret|se\/cr|et@/)
    }
})
