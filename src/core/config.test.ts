import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ConfigInput, type DatabaseConfig, defineConfig } from './config.ts'
import { isSubstrataError } from './errors.ts'

const url = 'postgresql://app:s3cret@localhost:5433/shop'
const far = 'postgresql://app:s3cret@db.example.com/shop'

function faults(input: object, env: Record<string, string> = {}): readonly string[] {
  try {
    defineConfig(input, env)
  } catch (error) {
    if (!isSubstrataError(error, 'SUB_CONFIG_INVALID')) throw error
    expect(inspect(error, { depth: 9 })).not.toContain('s3cret')
    return (error.details as { faults: string[] }).faults
  }
  return []
}

describe('presets', () => {
  it.each([
    ['development', 5, true],
    ['test', 5, false],
    ['staging', 10, true],
    ['production', 20, false],
  ] as const)('%s: %i connections, logging %s', (environment, maxConnections, logging) => {
    const config = defineConfig({ environment, url })
    expect(config).toMatchObject({ environment, logging, pool: { maxConnections, queryTimeout: 30_000 } })
  })

  it('take the environment from NODE_ENV, SUBSTRATA_ENV before it', () => {
    expect(defineConfig({ url }, { NODE_ENV: 'production' }).pool.maxConnections).toBe(20)
    expect(defineConfig({ url }, { NODE_ENV: 'production', SUBSTRATA_ENV: 'staging' }).environment).toBe('staging')
    expect(defineConfig({ url }, {}).environment).toBe('development')
  })

  it('refuse an unknown environment', () => {
    expect(faults({ url }, { NODE_ENV: 'prod' })).toEqual([
      'environment is none of development, test, staging, production',
    ])
  })
})

describe('precedence', () => {
  it('code before the URL, the URL before the environment, the environment before the preset', () => {
    const env = {
      DATABASE_URL: `${url}?connection_limit=7`,
      DATABASE_MAX_CONNECTIONS: '9',
      DATABASE_QUERY_TIMEOUT: '1000',
    }
    expect(defineConfig({}, { ...env, DATABASE_URL: url }).pool).toMatchObject({
      maxConnections: 9,
      queryTimeout: 1000,
    })
    expect(defineConfig({}, env).pool.maxConnections).toBe(7)
    expect(defineConfig({ maxConnections: 6, queryTimeout: undefined }, env).pool).toMatchObject({
      maxConnections: 6,
      queryTimeout: 1000,
    })
  })

  it('a quarter of the connections are lanes, at most four, unless told otherwise', () => {
    const lanes = (input: ConfigInput) => defineConfig({ url, ...input }, {}).pool.lanes
    expect([1, 4, 5, 16, 100].map((maxConnections) => lanes({ maxConnections }))).toEqual([0, 1, 1, 4, 4])
    expect(lanes({ maxConnections: 5, lanes: 0 })).toBe(0)
  })
})

describe('the URL', () => {
  it('is taken apart and decoded', () => {
    const { primary, pool } = defineConfig(
      { url: 'postgres://a%40b:p%3Aw@127.0.0.1/x%20y?schema=app&options=-c%20search_path%3Dapp&pgbouncer=true' },
      {},
    )
    expect(primary).toMatchObject({ host: '127.0.0.1', port: 5432, user: 'a@b', database: 'x y', schema: 'app' })
    expect(primary.password?.reveal()).toBe('p:w')
    expect(primary.options).toBe('-c search_path=app')
    expect(primary.url.reveal()).not.toContain('schema')
    expect(pool.namedStatements).toBe(false)
  })

  it('may name a socket directory', () => {
    expect(defineConfig({ url: 'postgresql://app@x/shop?host=/run/postgresql' }, {}).primary.host).toBe(
      '/run/postgresql',
    )
  })

  it('has all its faults told', () => {
    expect(faults({}, {})).toEqual(['url is missing: set DATABASE_URL'])
    expect(faults({ url: 'mysql://app:s3cret@localhost/x' })).toEqual(['url does not start with postgresql://'])
    expect(faults({ url: 'postgresql://localhost' })).toEqual(['url names no user', 'url names no database'])
    expect(faults({ url: 'postgresql://app:s3cret%@localhost/x' })[0]).toContain('write %25')
    expect(faults({ url: `${url}?sslaccept=strict&pool_timeout=x&nonsense=s3cret` })).toEqual([
      expect.stringContaining('"sslaccept", which is Prisma\'s former engine\'s'),
      'url: pool_timeout is not a whole number',
      'url has the parameter "nonsense", which is not known here',
    ])
  })
})

describe('faults', () => {
  it('are told all at once, of code and environment, without their values', () => {
    const found = faults(
      { url, environment: 's3cret', maxConnections: 0, queryTimeout: 's3cret', colour: 1, replicas: ['s3cret'] },
      { DATABASE_MIN_CONNECTIONS: 'many' },
    )
    expect(found).toEqual(
      expect.arrayContaining([
        'DATABASE_MIN_CONNECTIONS is not a whole number',
        expect.stringContaining('replicas[0] is not a URL'),
        expect.stringContaining('environment is none of'),
        expect.stringContaining('maxConnections Number must be greater'),
        expect.stringContaining('queryTimeout Expected number'),
        expect.stringContaining("'colour'"),
      ]),
    )
    expect(found).toHaveLength(6)
  })

  it('find limits that contradict each other', () => {
    expect(faults({ url, maxConnections: 2, minConnections: 3, lanes: 2 })).toEqual([
      'lanes leaves no connection for writes: it must be below maxConnections',
      'minConnections is above maxConnections',
    ])
  })
})

describe('TLS', () => {
  let directory = ''
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'substrata-tls-'))
    for (const name of ['root', 'cert', 'key']) writeFileSync(join(directory, name), `s3cret ${name}`)
  })
  afterAll(() => rmSync(directory, { recursive: true }))
  const tls = (query: string, environment: 'production' | 'development' = 'production') =>
    defineConfig({ environment, url: `${far}?${query}` }, {}).primary.tls

  it('has to be chosen in production for a host elsewhere, and only there', () => {
    expect(faults({ url: far, environment: 'production' })[0]).toContain('add sslmode=verify-full')
    expect(defineConfig({ url: far, environment: 'development' }, {}).primary.tls.mode).toBe('disable')
    expect(defineConfig({ url, environment: 'production' }, {}).primary.tls.mode).toBe('disable')
  })

  it("takes libpq's words", () => {
    expect(tls('sslmode=disable').mode).toBe('disable')
    expect(tls('sslmode=require').mode).toBe('require')
    expect(tls('sslmode=verify-ca').mode).toBe('verify-ca')
    expect(tls('sslmode=verify-full&sslrootcert=system')).toMatchObject({
      mode: 'verify-full',
      rootCertificate: undefined,
    })
    expect(tls('sslmode=require&channel_binding=disable').channelBinding).toBe(false)
    expect(tls('sslmode=require&sslnegotiation=direct').direct).toBe(true)
  })

  it('verifies with require too where a root certificate is given, as libpq does', () => {
    expect(tls(`sslmode=require&sslrootcert=${directory}/root`)).toMatchObject({
      mode: 'verify-ca',
      rootCertificate: 's3cret root',
    })
  })

  it('reads the files, and hides the key', () => {
    const config = tls(`sslmode=verify-full&sslcert=${directory}/cert&sslkey=${directory}/key&sslpassword=s3cret`)
    expect(config.key?.reveal()).toBe('s3cret key')
    expect(inspect(config)).not.toContain('s3cret key')
    expect(JSON.stringify({ key: config.key, password: config.keyPassword })).not.toContain('s3cret')
  })

  it.each([
    ['sslmode=prefer', 'plain text when asked to'],
    ['sslmode=allow', 'plain text when asked to'],
    ['sslmode=no-verify', 'require does not check'],
    ['sslmode=on', 'is none of disable, require, verify-ca, verify-full'],
    ['sslmode=require&sslrootcert=system', 'needs sslmode=verify-full'],
    ['sslmode=require&sslcert=/x', 'sslcert and sslkey belong together'],
    ['sslmode=verify-ca&sslrootcert=/nowhere', 'cannot be read (ENOENT)'],
    ['sslmode=require&channel_binding=require', 'cannot be enforced'],
    ['sslmode=disable&sslnegotiation=direct', 'needs TLS'],
  ])('refuses %s', (query, fault) => {
    expect(faults({ url: `${far}?${query}`, environment: 'production' }).join()).toContain(fault)
  })

  it('is taken from code before the URL', () => {
    const { primary } = defineConfig({ url: `${far}?sslmode=disable`, tls: { mode: 'verify-full' } }, {})
    expect(primary.tls.mode).toBe('verify-full')
  })
})

describe('pagination', () => {
  const key = 'a key of at least thirty-two letters'

  it('takes one key or several, from code or the environment, and hides them', () => {
    const keysOf = ({ pagination }: DatabaseConfig) => pagination.cursorKeys.map((each) => each.reveal())
    expect(keysOf(defineConfig({ url, pagination: { cursorKey: key } }, {}))).toEqual([key])
    const words = [key.replaceAll(' ', '-'), 'k'.repeat(32)]
    const fromEnvironment = defineConfig({ url }, { PAGINATION_CURSOR_KEY: words.join(' ') })
    expect(keysOf(fromEnvironment)).toEqual(words)
    expect(inspect(fromEnvironment, { depth: 9, showHidden: true })).not.toContain(words[0])
    expect(JSON.stringify(fromEnvironment)).not.toContain(words[1])
    expect(defineConfig({ url }, {}).pagination).toEqual({
      cursorKeys: [],
      cursorTtl: 0,
      maxPageSize: 100,
      countCap: 10_000,
    })
  })

  it.each([
    { cursorKey: 'too short' },
    { cursorKey: [key, ''] },
    { cursorTtl: -1 },
    { maxPageSize: 0 },
    { countCap: 1.5 },
    { size: 1 },
    'on',
  ])('refuses %j, without showing it', (pagination) => {
    const faulty = () => defineConfig({ url, pagination: pagination as never }, {})
    expect(faulty).toThrow(/pagination/)
    expect(faulty).not.toThrow(/too short/)
  })
})

describe('secrets', () => {
  it('are in nothing that is printed, logged or serialised', () => {
    const config = defineConfig({ url, replicas: [url] }, {})
    for (const text of [
      inspect(config, { depth: 9, showHidden: true }),
      JSON.stringify(config),
      config.primary.url.toString(),
    ])
      expect(text).not.toContain('s3cret')
    expect(config.primary.password?.reveal()).toBe('s3cret')
    expect(config.primary.url.reveal()).toContain('s3cret')
  })

  it('and nothing can be changed', () => {
    const config = defineConfig({ url }, {})
    expect(() => Object.assign(config.pool, { maxConnections: 1 })).toThrow(TypeError)
  })
})
