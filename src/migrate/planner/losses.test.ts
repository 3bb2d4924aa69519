import { expect, it } from 'vitest'
import { holdsAll } from './losses.ts'

it.each([
  ['integer', 'bigint'],
  ['smallint', 'numeric'],
  ['character varying(10)', 'character varying(11)'],
  ['character varying(10)', 'text'],
  ['numeric(10,2)', 'numeric(12,2)'],
  ['numeric(10,2)', 'numeric(12,3)'],
  ['numeric(10,2)', 'numeric'],
  ['timestamp(3) without time zone', 'timestamp(6) without time zone'],
  ['date', 'timestamp without time zone'],
  ['uuid', 'text'],
])('every %s has its equal in %s', (from, to) => expect(holdsAll(to, from)).toBe(true))

it.each([
  ['bigint', 'integer'],
  ['bigint', 'double precision'],
  ['text', 'character varying(10)'],
  ['character varying', 'character varying(10)'],
  ['numeric(10,2)', 'numeric(10,3)'],
  ['numeric(10,2)', 'numeric(12,1)'],
  ['numeric', 'numeric(12,1)'],
  ['integer', 'numeric(12,2)'],
  ['timestamp(6) without time zone', 'timestamp(3) without time zone'],
  ['timestamp without time zone', 'date'],
  ['text', 'uuid'],
])('not every %s has its equal in %s', (from, to) => expect(holdsAll(to, from)).toBe(false))
