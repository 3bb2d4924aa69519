import { randomUUID } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'
import { ShopError } from '../errors.ts'

/** Who sent a request, as its token says. */
export interface Identity {
  readonly userId: string
  readonly admin: boolean
  readonly tokenId: string
  readonly expiresAt: Date
}

const issuer = 'shop'
const audience = 'shop-api'
const algorithm = 'HS256'

/**
 * A signed token (RFC 7519) for the header `authorization: Bearer …`.
 *
 * @param key - At least 32 random bytes, the same in every process of the shop.
 */
export function signToken(
  key: Uint8Array,
  { userId, admin = false, lifetime = '15m' }: { userId: string; admin?: boolean; lifetime?: string },
): Promise<string> {
  return new SignJWT({ admin })
    .setProtectedHeader({ alg: algorithm })
    .setSubject(userId)
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(lifetime)
    .setJti(randomUUID())
    .sign(key)
}

/**
 * Reads the header of a request.
 *
 * @returns undefined where there is none
 * @throws ShopError UNAUTHENTICATED for anything but a token that this shop has signed and that has not expired
 */
export async function identify(key: Uint8Array, header: string | undefined): Promise<Identity | undefined> {
  if (header === undefined) return undefined
  const token = /^Bearer +([\w.-]+)$/i.exec(header)?.[1]
  if (token === undefined) throw invalid()
  try {
    const { payload } = await jwtVerify<{ admin?: unknown }>(token, key, {
      algorithms: [algorithm],
      issuer,
      audience,
      requiredClaims: ['sub', 'exp', 'jti'],
    })
    const { sub: userId = '', jti: tokenId = '', exp = 0, admin } = payload
    return { userId, tokenId, admin: admin === true, expiresAt: new Date(exp * 1000) }
  } catch (cause) {
    throw cause instanceof errors.JWTExpired ? invalid('The token has expired.') : invalid()
  }
}

// What was wrong with it is nobody's business who forged it.
function invalid(message = 'The token is not one of this shop.'): ShopError {
  return new ShopError('UNAUTHENTICATED', message)
}
