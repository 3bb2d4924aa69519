import { defineConfig } from 'prisma/config'

const url = process.env.MIGRATE_DATABASE_URL

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  ...(url && { datasource: { url } }),
})
