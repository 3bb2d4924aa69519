-- DropIndex
DROP INDEX "posts_published_idx";

-- DropIndex
DROP INDEX "posts_author_id_created_at_idx";

-- CreateIndex
CREATE INDEX "posts_published_idx" ON "posts" ("created_at", "id", "author_id") WHERE published;
COMMENT ON INDEX "posts_published_idx" IS 'substrata: index.partial 5f4a045fe0829a49';

-- CreateIndex
CREATE INDEX "posts_author_id_created_at_idx" ON "posts" ("author_id", "created_at") INCLUDE ("published");
COMMENT ON INDEX "posts_author_id_created_at_idx" IS 'substrata: index.covering ade816bdd363d0af';
