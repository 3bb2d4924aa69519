// What the migrations hold beside the declared objects, made by hand: it is kept, or the change is refused.
import { expect, it } from 'vitest'
import { createProject, type TestProject } from './project.ts'

const line = (fields: string, sql = 'n > 0') => `/// @check("ours", "${sql}")
model Line {
  id    Int    @id
  n     Int
  title String
  ${fields}
  @@map("lines")
}
/// @view.materialized(sql: "SELECT id, n FROM lines WHERE ${sql}", unique: [id])
view Some {
  id Int @unique
  n  Int
  @@map("some_lines")
}`

const byHand = `
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION touch(n int) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TRIGGER touched BEFORE UPDATE ON lines FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON lines USING (n > 0);
CREATE INDEX hand_partial ON lines (n) WHERE n > 5;
CREATE INDEX hand_collated ON lines (title COLLATE "C");
CREATE INDEX hand_nulls ON lines (title NULLS FIRST);
CREATE INDEX hand_filled ON lines (title) WITH (fillfactor = 50);
CREATE UNIQUE INDEX hand_nulls_equal ON lines (title) NULLS NOT DISTINCT;
ALTER TABLE lines ADD CONSTRAINT hand_check CHECK (n < 1000);
ALTER TABLE lines ADD CONSTRAINT hand_exclude EXCLUDE USING btree (id WITH =);
ALTER TABLE lines ADD CONSTRAINT hand_deferred UNIQUE (title, n) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE lines ADD COLUMN hand_generated int GENERATED ALWAYS AS (n * 2) STORED;
CREATE VIEW hand_view AS SELECT id, title FROM lines;
CREATE MATERIALIZED VIEW hand_materialized AS SELECT id, title FROM lines;
CREATE INDEX hand_on_view ON hand_materialized (title);
CREATE SEQUENCE hand_sequence;
CREATE DOMAIN hand_domain AS int CHECK (VALUE > 0);
CREATE TYPE hand_pair AS (a int, b int);
CREATE RULE hand_rule AS ON DELETE TO lines WHERE OLD.n = 3 DO INSTEAD NOTHING;
CREATE STATISTICS hand_statistics ON n, title FROM lines;
`

async function withHandMade(): Promise<TestProject> {
  const project = await createProject()
  await project.schema(line(''))
  await project.dev()
  await project.migration('20990101000000_hand', byHand)
  await project.dev()
  return project
}

const made = /hand_|touch|own/

it('is left alone by changes beside it', async () => {
  await using project = await withHandMade()
  const before = await project.objects(made)
  expect(before.length).toBeGreaterThan(15)
  await project.schema(line('more Int?\n  @@index([n])', 'n > 1'))
  const { migration } = await project.dev()
  expect(migration?.sql).not.toMatch(made)
  expect(await project.objects(made)).toEqual(before)
})

it('is named where PostgreSQL drops it with a column or a view', async () => {
  await using project = await createProject()
  const models = (fields: string, sql: string) => `model Line {
  id Int @id
  ${fields}
  @@map("lines")
}
/// @view.materialized(sql: "${sql}", unique: [id])
view Some {
  id Int @unique
  @@map("some_lines")
}`
  await project.schema(models('n Int\n  m Int', 'SELECT id FROM lines'))
  await project.dev()
  await project.migration(
    '20990101000000_hand',
    `CREATE INDEX hand_partial ON lines (n) WHERE m > 5;
     ALTER TABLE lines ADD CONSTRAINT hand_check CHECK (n < m);
     CREATE INDEX hand_kept ON lines (n) WHERE n > 5;
     CREATE INDEX hand_on_view ON some_lines ((id + 1));`,
  )
  await project.dev()
  await project.schema(models('n Int', 'SELECT id FROM lines WHERE id > 1'))
  const error: unknown = await project.dev().catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({
    code: 'SUB_DATA_LOSS_UNCONFIRMED',
    details: {
      losses: [
        'lines.m is dropped, with 0 values.',
        'lines loses the index hand_partial, which was made by hand and needs what is dropped.',
        'lines loses the check hand_check, which was made by hand and needs what is dropped.',
        'some_lines loses the index hand_on_view, which was made by hand and needs what is dropped.',
      ],
    },
  })
})

it('is a table copied from a declared one, marks and all', async () => {
  const lines = `/// @check("ours", "n > 0")
/// @index.partial("n > 1", fields: [n])
model Line {
  id Int @id
  n  Int
  @@map("lines")
}`
  await using project = await createProject()
  await project.schema(lines)
  await project.dev()
  await project.migration('20990101000000_hand', 'CREATE TABLE copies (LIKE lines INCLUDING ALL)')
  await project.schema(`${lines}\nmodel Copy {\n  id Int @id\n  n  Int\n  @@map("copies")\n}`)
  expect(await project.dev()).not.toHaveProperty('migration')
  expect(await project.objects(/constraint copies\.ours|index copies_n_idx/)).toHaveLength(2)
})
