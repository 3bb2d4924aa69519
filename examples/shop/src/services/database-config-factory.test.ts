import { expect, it } from 'vitest'
import { DatabaseConfigFactory } from './database-config-factory.ts'

const DATABASE_URL = 'postgresql://shop:hunter2@localhost:5432/shop'

it.each([
  ['development', 5, true],
  ['staging', 10, true],
  ['production', 20, false],
])('knows the preset of %s', (environment, maxConnections, logging) => {
  const config = DatabaseConfigFactory.create(environment, { DATABASE_URL })
  expect(config).toMatchObject({ environment, logging, pool: { maxConnections, queryTimeout: 30_000 } })
  expect(config.primary).toMatchObject({ host: 'localhost', database: 'shop', user: 'shop' })
})

it.each(['', 'Production', 'toString', '__proto__'])('does not know the environment %j', (environment) => {
  expect(() => DatabaseConfigFactory.create(environment, { DATABASE_URL })).toThrow(
    /environment is none of development, test, staging, production/,
  )
})

it('lists every fault at once', () => {
  expect(() => DatabaseConfigFactory.create('nowhere', {})).toThrow(
    /environment is none of[\s\S]*url is missing: set DATABASE_URL/,
  )
  expect(() => DatabaseConfigFactory.create('production', { DATABASE_URL: 'postgresql://localhost' })).toThrow(
    /names no user[\s\S]*names no database/,
  )
})

it('shows nothing of a URL that is wrong, nor the password of one that is right', () => {
  for (const url of ['postgresql://shop:se/cr#et@localhost/shop', 'mysql://shop:secret@localhost/shop', 'secret'])
    try {
      DatabaseConfigFactory.create('production', { DATABASE_URL: url })
      expect.unreachable(url)
    } catch (error) {
      expect(String(error)).not.toMatch(/secret|se\/cr|et@/)
    }
  expect(JSON.stringify(DatabaseConfigFactory.create('production', { DATABASE_URL }))).not.toContain('hunter2')
})
