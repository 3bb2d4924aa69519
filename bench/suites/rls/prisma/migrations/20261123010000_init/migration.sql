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
CREATE OR REPLACE FUNCTION "current_tenant_id"() RETURNS integer
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $body$
DECLARE value pg_catalog.text := pg_catalog.current_setting('app.tenant_id', true);
BEGIN
  IF value OPERATOR(pg_catalog.=) '' THEN RETURN NULL; END IF;
  RETURN value;
END $body$;
COMMENT ON ROUTINE "current_tenant_id"() IS 'substrata: rls 0c1d49ea4f416932';

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
