CREATE SCHEMA "other place";
CREATE TYPE "other place"."all kinds" AS ENUM ('the one', 'the "two"');
CREATE TABLE "other place"."odd things" (
  "serial no" int GENERATED ALWAYS AS IDENTITY CONSTRAINT "things pkey" PRIMARY KEY,
  "the ""key""" text NOT NULL CONSTRAINT "things key" UNIQUE,
  "kind of" "other place"."all kinds" NOT NULL DEFAULT 'the "two"',
  "kinds of" "other place"."all kinds"[],
  "how many" int NOT NULL,
  "twice that" int GENERATED ALWAYS AS ("how many" * 2) STORED,
  "excluded" text
);
CREATE TABLE loose (code text NOT NULL UNIQUE, a int NOT NULL, b text, note text, UNIQUE (a, b));
CREATE TABLE branches (id int PRIMARY KEY, parent_id int REFERENCES branches, name text NOT NULL DEFAULT 'branch');
