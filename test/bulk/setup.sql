CREATE TYPE ranks AS ENUM ('NEW', 'very old');

CREATE TABLE people (
  id text PRIMARY KEY,
  email text NOT NULL,
  name text,
  score integer NOT NULL DEFAULT 0,
  balance numeric(10, 2) NOT NULL DEFAULT 0,
  rank ranks NOT NULL DEFAULT 'NEW',
  code varchar(4),
  tags text[],
  extra jsonb,
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at timestamptz(3) NOT NULL,
  CONSTRAINT score_is_small CHECK (score < 1000000)
);
CREATE UNIQUE INDEX people_email_key ON people (email);
CREATE INDEX people_updated_at_id_idx ON people (updated_at, id);

CREATE TABLE visits (id serial PRIMARY KEY, person_id text NOT NULL REFERENCES people);

CREATE TABLE places (
  region text NOT NULL,
  number bigint NOT NULL,
  hits integer NOT NULL DEFAULT 0,
  plain json,
  label char(4),
  PRIMARY KEY (region, number)
);

CREATE TABLE rooms (id serial PRIMARY KEY, name text NOT NULL, note text, gone boolean NOT NULL DEFAULT false);
CREATE UNIQUE INDEX rooms_name_key ON rooms (name) WHERE NOT gone;

CREATE TABLE readings (sensor integer NOT NULL, day date NOT NULL, value double precision NOT NULL, PRIMARY KEY (sensor, day))
  PARTITION BY RANGE (day);
CREATE TABLE readings_early PARTITION OF readings FOR VALUES FROM ('2000-01-01') TO ('2010-01-01');
CREATE TABLE readings_late PARTITION OF readings DEFAULT;

CREATE TABLE excluded (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE written (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE locked (id integer PRIMARY KEY, name text NOT NULL);
