-- CreateFunction
CREATE OR REPLACE FUNCTION "current_user_id"() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CAST(nullif(pg_catalog.current_setting('app.user_id', true), '') AS text);
COMMENT ON ROUTINE "current_user_id"() IS 'substrata: rls fe0c25a420bc0613';

-- CreateFunction
CREATE OR REPLACE FUNCTION "current_tenant_id"() RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CAST(nullif(pg_catalog.current_setting('app.tenant_id', true), '') AS integer);
COMMENT ON ROUTINE "current_tenant_id"() IS 'substrata: rls 672423c6b16f2766';

-- CreateTable
CREATE TABLE "invoices" (
    "id" SERIAL NOT NULL,
    "tenant_id" INTEGER NOT NULL,
    "number" INTEGER NOT NULL,
    "customer" TEXT NOT NULL,
    "cents" INTEGER NOT NULL,
    "issued_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "invoices_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "invoices_tenant_id_number_key" ON "invoices"("tenant_id", "number");

-- CreateRowSecurity
ALTER TABLE "invoices" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

-- CreatePolicy
CREATE POLICY "tenant_wall" ON "invoices" FOR ALL TO PUBLIC USING ("tenant_id" = (SELECT current_tenant_id())) WITH CHECK ("tenant_id" = (SELECT current_tenant_id()));
COMMENT ON POLICY "tenant_wall" ON "invoices" IS 'substrata: rls.tenant 53d092b6e3a06d07';
