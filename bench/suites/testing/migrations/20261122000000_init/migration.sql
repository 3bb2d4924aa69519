-- A small shop: ten tables with the keys, indexes and references that such a schema has.
CREATE TYPE "order_status" AS ENUM ('PENDING', 'SHIPPED', 'DELIVERED', 'CANCELLED');

CREATE TABLE "users" (
    "id" TEXT PRIMARY KEY,
    "email" TEXT NOT NULL UNIQUE,
    "name" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX "users_created_at_idx" ON "users"("created_at");

CREATE TABLE "addresses" (
    "id" TEXT PRIMARY KEY,
    "user_id" TEXT NOT NULL REFERENCES "users"("id") ON DELETE CASCADE,
    "street" TEXT NOT NULL,
    "city" TEXT NOT NULL,
    "country" CHAR(2) NOT NULL
);
CREATE INDEX "addresses_user_id_idx" ON "addresses"("user_id");

CREATE TABLE "posts" (
    "id" TEXT PRIMARY KEY,
    "author_id" TEXT NOT NULL REFERENCES "users"("id"),
    "title" TEXT NOT NULL,
    "content" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX "posts_author_id_created_at_idx" ON "posts"("author_id", "created_at");

CREATE TABLE "comments" (
    "id" TEXT PRIMARY KEY,
    "post_id" TEXT NOT NULL REFERENCES "posts"("id") ON DELETE CASCADE,
    "author_id" TEXT NOT NULL REFERENCES "users"("id"),
    "content" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX "comments_post_id_created_at_idx" ON "comments"("post_id", "created_at");
CREATE INDEX "comments_author_id_idx" ON "comments"("author_id");

CREATE TABLE "tags" (
    "id" TEXT PRIMARY KEY,
    "name" TEXT NOT NULL UNIQUE
);

CREATE TABLE "post_tags" (
    "post_id" TEXT NOT NULL REFERENCES "posts"("id") ON DELETE CASCADE,
    "tag_id" TEXT NOT NULL REFERENCES "tags"("id") ON DELETE CASCADE,
    PRIMARY KEY ("post_id", "tag_id")
);
CREATE INDEX "post_tags_tag_id_idx" ON "post_tags"("tag_id");

CREATE TABLE "products" (
    "id" TEXT PRIMARY KEY,
    "sku" TEXT NOT NULL UNIQUE,
    "name" TEXT NOT NULL,
    "price" DECIMAL(10, 2) NOT NULL CHECK ("price" >= 0)
);

CREATE TABLE "orders" (
    "id" TEXT PRIMARY KEY,
    "customer_id" TEXT NOT NULL REFERENCES "users"("id"),
    "status" "order_status" NOT NULL DEFAULT 'PENDING',
    "total" DECIMAL(10, 2) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX "orders_customer_id_status_idx" ON "orders"("customer_id", "status");
CREATE INDEX "orders_status_created_at_idx" ON "orders"("status", "created_at");

CREATE TABLE "order_items" (
    "order_id" TEXT NOT NULL REFERENCES "orders"("id") ON DELETE CASCADE,
    "position" INTEGER NOT NULL,
    "product_id" TEXT NOT NULL REFERENCES "products"("id"),
    "quantity" INTEGER NOT NULL CHECK ("quantity" > 0),
    "unit_price" DECIMAL(10, 2) NOT NULL,
    PRIMARY KEY ("order_id", "position")
);
CREATE INDEX "order_items_product_id_idx" ON "order_items"("product_id");

CREATE TABLE "payments" (
    "id" TEXT PRIMARY KEY,
    "order_id" TEXT NOT NULL UNIQUE REFERENCES "orders"("id"),
    "amount" DECIMAL(10, 2) NOT NULL,
    "paid_at" TIMESTAMPTZ(3)
);
