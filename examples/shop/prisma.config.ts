import { defineConfig } from 'prisma/config'

// Migrations run as the owner; the application itself connects through DATABASE_URL as a role that owns nothing.
const url = process.env.MIGRATE_DATABASE_URL

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  ...(url && { datasource: { url } }),
})
