import { describe, expect, it } from 'vitest'
import { isSameDatabase, parseConnection, withDatabase } from './connection.ts'

describe('a connection URL', () => {
  it('is read with its encoded parts', () => {
    const url = 'postgresql://us%40er:p%2Fa%3Fs%23s@db.example:6543/my%20db?schema=sales&application_name=api'
    expect(parseConnection(url)).toMatchObject({
      host: 'db.example',
      port: 6543,
      user: 'us@er',
      database: 'my db',
      schema: 'sales',
      config: { password: 'p/a?s#s', application_name: 'api', connectionTimeoutMillis: 5000 },
    })
  })

  it('has defaults', () => {
    const connection = parseConnection('postgres://app@localhost?connect_timeout=2')
    expect(connection).toMatchObject({ port: 5432, database: 'app', schema: 'public' })
    expect(connection.config).toMatchObject({ connectionTimeoutMillis: 2000 })
    expect(connection.config).not.toHaveProperty('password')
  })

  it('names a socket or an IPv6 address', () => {
    expect(parseConnection('postgresql://app@localhost/db?host=/run/postgresql')).toMatchObject({
      host: '/run/postgresql',
      tls: { mode: 'off' },
    })
    expect(parseConnection('postgresql://app@[::1]:5433/db')).toMatchObject({ host: '::1', port: 5433 })
  })

  it.each(['nonsense', 'mysql://root@localhost/app', 'prisma+postgres://localhost:51213/?api_key=x'])(
    'is refused: %s',
    (url) => expect(() => parseConnection(url)).toThrow(expect.objectContaining({ prismaCode: 'P1013' })),
  )

  it('is never repeated in the refusal', () => {
    expect(() => parseConnection('postgresql://app:se@cret@host:port/db')).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('cret') }),
    )
  })
})

describe('TLS', () => {
  const tls = (query: string) => parseConnection(`postgresql://app@db.example/app?${query}`).tls

  it('is taken where the server offers it, unverified, unless the URL says more', () => {
    expect(tls('')).toEqual({ mode: 'preferred', options: { rejectUnauthorized: false } })
    expect(tls('sslmode=disable')).toEqual({ mode: 'off' })
    expect(tls('sslmode=require')).toEqual({ mode: 'required', options: { rejectUnauthorized: false } })
    expect(tls('sslmode=require&sslaccept=strict')).toMatchObject({ options: { rejectUnauthorized: true } })
    expect(tls('sslmode=verify-full')).toMatchObject({ mode: 'required', options: { rejectUnauthorized: true } })
  })

  it('takes Prisma’s sslcert for the authority, and libpq’s pair for the client', () => {
    const file = encodeURIComponent(import.meta.filename)
    expect(tls(`sslmode=require&sslcert=${file}`)).toMatchObject({ options: { ca: expect.any(Buffer) } })
    const pair = tls(`sslmode=verify-ca&sslcert=${file}&sslkey=${file}&sslrootcert=${file}`)
    expect(pair).toMatchObject({
      options: { ca: expect.any(Buffer), cert: expect.any(Buffer), key: expect.any(Buffer) },
    })
  })
})

it('tells two databases from one', () => {
  const main = parseConnection('postgresql://owner@localhost/app')
  expect(isSameDatabase(main, parseConnection('postgresql://other:x@localhost:5432/app?schema=s'))).toBe(true)
  expect(isSameDatabase(main, withDatabase(main, 'shadow'))).toBe(false)
})
