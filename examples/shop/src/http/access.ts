/**
 * As whom a route runs:
 * - `reader`: anyone, also without a token; sees what is published and their own drafts
 * - `member`: whoever the token names, with their own rows
 * - `newcomer`: a user who is only about to be, with a row of their own to write
 * - `admin`: whoever has an admin's token, with every row
 * - `nobody`: no one's rows are touched
 *
 * An admin is one wherever a token is read.
 */
export type Access = 'reader' | 'member' | 'newcomer' | 'admin' | 'nobody'

/** Every route of the API. One that is not here is not served. */
export const access: Readonly<Record<string, Access>> = {
  'GET /posts': 'reader',
  'GET /posts/search': 'reader',
  'GET /posts/:id': 'reader',
  'POST /posts': 'member',
  'POST /posts/:id/comments': 'member',
  'GET /analytics/posts': 'reader',
  'POST /users': 'newcomer',
  'POST /users::bulk': 'admin',
  'GET /users/:id': 'member',
  'GET /users/active': 'admin',
  'GET /orders': 'member',
  'GET /orders/:id': 'member',
  'POST /orders': 'member',
  'PATCH /orders/:id/status': 'member',
  'GET /statistics': 'admin',
  'GET /health/live': 'nobody',
  'GET /health/ready': 'nobody',
}
