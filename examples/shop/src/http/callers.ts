import { randomUUID } from 'node:crypto'
import type { ContextInput } from 'substrata'
import { ShopError } from '../errors.ts'
import { roles } from '../roles.ts'
import type { ShopClient } from '../services/database-client-factory.ts'
import type { Access } from './access.ts'
import { type Identity, identify } from './tokens.ts'

/** Whoever a request comes from, and the client that their calls go through. */
export interface Caller {
  readonly userId: string | undefined
  /** In the caller's context: policies show it the caller's rows. */
  readonly db: ShopClient
  /** Keeps a token from being used for a second write. Call it once, before anything is written. */
  spendToken(): Promise<void>
}

/** Tells callers from their `authorization` header. The same for every web framework. */
export type Recognize = (authorization: string | undefined, access: Access) => Promise<Caller>

/**
 * @param db - Without a context.
 * @throws (the function it returns) ShopError UNAUTHENTICATED, FORBIDDEN
 */
export function createRecognizer(db: ShopClient, tokenKey: Uint8Array): Recognize {
  return async (authorization, access) => {
    const readsToken = access !== 'nobody' && access !== 'newcomer'
    const identity = readsToken ? await identify(tokenKey, authorization) : undefined
    const context = contextFor(access, identity)
    return {
      userId: context.userId,
      db: db.$as(context),
      spendToken: async () => (identity === undefined ? undefined : spend(db, identity)),
    }
  }
}

function contextFor(access: Access, identity: Identity | undefined): ContextInput {
  if (access === 'newcomer') return { userId: randomUUID() }
  if (access === 'nobody') return {}
  if (identity?.admin) return { userId: identity.userId, role: roles.admin }
  if (access === 'reader') return { userId: identity?.userId, role: roles.reader }
  if (identity === undefined) throw new ShopError('UNAUTHENTICATED', 'This needs a token: authorization: Bearer …')
  if (access === 'admin') throw new ShopError('FORBIDDEN', 'This is for admins.')
  return { userId: identity.userId }
}

/** The key of the table decides between two requests with one token, also on two processes. */
async function spend(db: ShopClient, { tokenId: id, expiresAt }: Identity): Promise<void> {
  await db.spentToken.deleteMany({ where: { expiresAt: { lt: new Date() } } })
  const { count } = await db.spentToken.createMany({ data: [{ id, expiresAt }], skipDuplicates: true })
  if (count === 0)
    throw new ShopError('UNAUTHENTICATED', 'The token has been used for a write already; take a new one.')
}

/** Methods that change nothing (RFC 9110, 9.2.1): a token serves any number of them. */
export function isSafe(method: string): boolean {
  return ['GET', 'HEAD', 'OPTIONS'].includes(method)
}
