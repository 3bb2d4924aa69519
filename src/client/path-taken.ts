/** Where a call went: straight to the database, or through Prisma's runtime and why. */
export type PathTaken = { readonly path: 'direct' } | { readonly path: 'prisma'; readonly reason: string }
