-- CreateFunction
CREATE OR REPLACE FUNCTION "current_user_id"() RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $body$
DECLARE value pg_catalog.text := pg_catalog.current_setting('app.user_id', true);
BEGIN
  IF value OPERATOR(pg_catalog.=) '' THEN RETURN NULL; END IF;
  RETURN value;
END $body$;
COMMENT ON ROUTINE "current_user_id"() IS 'substrata: rls d773667f6f0c3847';

-- CreateFunction
CREATE OR REPLACE FUNCTION "current_tenant_id"() RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $body$
DECLARE value pg_catalog.text := pg_catalog.current_setting('app.tenant_id', true);
BEGIN
  IF value OPERATOR(pg_catalog.=) '' THEN RETURN NULL; END IF;
  RETURN value;
END $body$;
COMMENT ON ROUTINE "current_tenant_id"() IS 'substrata: rls 4c3870683bd340a9';

-- DropIndex
DROP INDEX "orders_status_created_at_id_idx";

-- CreateTable
CREATE TABLE "spent_tokens" (
    "id" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "spent_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "spent_tokens_expires_at_idx" ON "spent_tokens"("expires_at");

-- CreateIndex
CREATE INDEX "orders_open_idx" ON "orders" ("created_at", "id") WHERE status IN ('PENDING', 'PROCESSING');
COMMENT ON INDEX "orders_open_idx" IS 'substrata: index.partial 9ea5ebdd9235e1db';

-- CreateRowSecurity
ALTER TABLE "users" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

-- CreateRowSecurity
ALTER TABLE "user_profiles" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

-- CreateRowSecurity
ALTER TABLE "posts" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

-- CreateRowSecurity
ALTER TABLE "comments" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

-- CreateRowSecurity
ALTER TABLE "post_tags" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

-- CreateRowSecurity
ALTER TABLE "orders" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

-- CreateRowSecurity
ALTER TABLE "order_items" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

-- CreatePolicy
CREATE POLICY "user_isolation" ON "users" FOR ALL TO PUBLIC USING (id = (SELECT current_user_id()));
COMMENT ON POLICY "user_isolation" ON "users" IS 'substrata: rls.policy e0584cdd0ba3a25f';

-- CreatePolicy
CREATE POLICY "admin_access" ON "users" FOR ALL TO "admin_role" USING (true);
COMMENT ON POLICY "admin_access" ON "users" IS 'substrata: rls.policy 1bdaed00e3753770';

-- CreatePolicy
CREATE POLICY "author_names" ON "users" FOR SELECT TO "reader_role" USING (true);
COMMENT ON POLICY "author_names" ON "users" IS 'substrata: rls.policy d5a9c772a0c6e06e';

-- CreatePolicy
CREATE POLICY "own_profile" ON "user_profiles" FOR ALL TO PUBLIC USING (user_id = (SELECT current_user_id()));
COMMENT ON POLICY "own_profile" ON "user_profiles" IS 'substrata: rls.policy 8e22e403b3a9e8e7';

-- CreatePolicy
CREATE POLICY "admin_access" ON "user_profiles" FOR ALL TO "admin_role" USING (true);
COMMENT ON POLICY "admin_access" ON "user_profiles" IS 'substrata: rls.policy e11fe43c4bdb971c';

-- CreatePolicy
CREATE POLICY "own_posts" ON "posts" FOR ALL TO PUBLIC USING (author_id = (SELECT current_user_id()));
COMMENT ON POLICY "own_posts" ON "posts" IS 'substrata: rls.policy 7cb916ea4cc193e2';

-- CreatePolicy
CREATE POLICY "published_posts" ON "posts" FOR SELECT TO PUBLIC USING (published);
COMMENT ON POLICY "published_posts" ON "posts" IS 'substrata: rls.policy 2bf8bcb14f805514';

-- CreatePolicy
CREATE POLICY "admin_access" ON "posts" FOR ALL TO "admin_role" USING (true);
COMMENT ON POLICY "admin_access" ON "posts" IS 'substrata: rls.policy 86bc006a58e997df';

-- CreatePolicy
CREATE POLICY "comments_of_posts" ON "comments" FOR SELECT TO PUBLIC USING (EXISTS (SELECT FROM posts WHERE posts.id = post_id));
COMMENT ON POLICY "comments_of_posts" ON "comments" IS 'substrata: rls.policy fb4a7ccd8c63f193';

-- CreatePolicy
CREATE POLICY "own_comments" ON "comments" FOR ALL TO PUBLIC USING (author_id = (SELECT current_user_id())) WITH CHECK (author_id = (SELECT current_user_id()) AND EXISTS (SELECT FROM posts WHERE posts.id = post_id));
COMMENT ON POLICY "own_comments" ON "comments" IS 'substrata: rls.policy 25a9e8a0b2ef2da4';

-- CreatePolicy
CREATE POLICY "admin_access" ON "comments" FOR ALL TO "admin_role" USING (true);
COMMENT ON POLICY "admin_access" ON "comments" IS 'substrata: rls.policy e0a7d81cb2ee76a2';

-- CreatePolicy
CREATE POLICY "tags_of_posts" ON "post_tags" FOR SELECT TO PUBLIC USING (EXISTS (SELECT FROM posts WHERE posts.id = post_id));
COMMENT ON POLICY "tags_of_posts" ON "post_tags" IS 'substrata: rls.policy 8123fadf16f9d6e1';

-- CreatePolicy
CREATE POLICY "tags_of_own_posts" ON "post_tags" FOR ALL TO PUBLIC USING (EXISTS (SELECT FROM posts WHERE posts.id = post_id AND author_id = (SELECT current_user_id())));
COMMENT ON POLICY "tags_of_own_posts" ON "post_tags" IS 'substrata: rls.policy 97a46645bce2fbfa';

-- CreatePolicy
CREATE POLICY "admin_access" ON "post_tags" FOR ALL TO "admin_role" USING (true);
COMMENT ON POLICY "admin_access" ON "post_tags" IS 'substrata: rls.policy 0e9587226b4781e1';

-- CreatePolicy
CREATE POLICY "own_orders" ON "orders" FOR SELECT TO PUBLIC USING (customer_id = (SELECT current_user_id()));
COMMENT ON POLICY "own_orders" ON "orders" IS 'substrata: rls.policy 68039e49f8083fde';

-- CreatePolicy
CREATE POLICY "place_orders" ON "orders" FOR INSERT TO PUBLIC WITH CHECK (customer_id = (SELECT current_user_id()) AND status = 'PENDING');
COMMENT ON POLICY "place_orders" ON "orders" IS 'substrata: rls.policy 78e6882f10305ba7';

-- CreatePolicy
CREATE POLICY "cancel_orders" ON "orders" FOR UPDATE TO PUBLIC USING (customer_id = (SELECT current_user_id())) WITH CHECK (customer_id = (SELECT current_user_id()) AND status = 'CANCELLED');
COMMENT ON POLICY "cancel_orders" ON "orders" IS 'substrata: rls.policy c74683fa06a55f05';

-- CreatePolicy
CREATE POLICY "admin_access" ON "orders" FOR ALL TO "admin_role" USING (true);
COMMENT ON POLICY "admin_access" ON "orders" IS 'substrata: rls.policy 5920cdec94aee584';

-- CreatePolicy
CREATE POLICY "items_of_orders" ON "order_items" FOR SELECT TO PUBLIC USING (EXISTS (SELECT FROM orders WHERE orders.id = order_id));
COMMENT ON POLICY "items_of_orders" ON "order_items" IS 'substrata: rls.policy 293f9e8216375f15';

-- CreatePolicy
CREATE POLICY "items_of_new_orders" ON "order_items" FOR INSERT TO PUBLIC WITH CHECK (EXISTS (SELECT FROM orders WHERE orders.id = order_id AND status = 'PENDING'));
COMMENT ON POLICY "items_of_new_orders" ON "order_items" IS 'substrata: rls.policy 969504319d7e3bfd';

-- CreatePolicy
CREATE POLICY "admin_access" ON "order_items" FOR ALL TO "admin_role" USING (true);
COMMENT ON POLICY "admin_access" ON "order_items" IS 'substrata: rls.policy aebda3e634e38f5d';

-- Written by hand: what each role may touch at all; policies say which rows of it.
-- A reader writes nothing, and of a user knows the name: policies choose rows, grants choose columns.
REVOKE ALL ON "users", "user_profiles", "posts", "comments", "tags", "post_tags", "orders", "order_items", "spent_tokens" FROM "reader_role";
GRANT SELECT ON "posts", "comments", "tags", "post_tags" TO "reader_role";
GRANT SELECT ("id", "name") ON "users" TO "reader_role";
GRANT SELECT, INSERT, UPDATE, DELETE ON "users", "user_profiles", "posts", "comments", "tags", "post_tags", "orders", "order_items" TO "admin_role";
