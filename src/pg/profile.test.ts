import { describe, expect, it } from 'vitest'
import { createProfiles, noteTime, readStatement } from './profile.ts'

describe('a statement', () => {
  it.each([
    ['select 1', 'SELECT'],
    ['  (select 1) union select 2', 'SELECT'],
    ['-- one\n/* two /* nested */ still */ Insert into x', 'INSERT'],
    ['', ''],
    ['-- only a comment', ''],
    ['/* not closed', ''],
    ['"select"', ''],
    ['-- a line ends here\rselect 1', 'SELECT'],
  ])('%j begins with %j', (text, verb) => {
    expect(readStatement(text).verb).toBe(verb)
  })

  it.each([
    ['select * from a', true],
    ['with a as (select 1) table a', true],
    ['values (1)', true],
    [`select set_config('a', 'b', true)`, true],
    [`select "for" from updates where kind = 'share'`, true],
    ['select * from a FOR  NO KEY UPDATE', false],
    ['select * from a for share of a', false],
    ['select pg_advisory_lock(1)', false],
    ['select pg_sleep(1)', false],
    [`select set_config('a', 'b', false)`, false],
    [`select set_config('a', 'b', true), set_config('c', 'd', $1)`, false],
    ['insert into a values (1)', false],
    ['explain analyze select 1', false],
    ['copy a to stdout', false],
  ])('%j may share a connection: %s', (text, shareable) => {
    expect(readStatement(text).shareable).toBe(shareable)
  })

  it.each([
    ['set search_path = a', true],
    ['set local search_path = a', false],
    ['set transaction read only', false],
    ['listen a', true],
    ['create temp table a (b int)', true],
    ['create or replace temporary view a as select 1', true],
    ['create table temperatures (b int)', true],
    ['create temp table a (b int) on commit drop', false],
    ['create temp table a as select 1 -- on commit drop', true],
    ['create temp table a as select 1 /* on commit drop', true],
    ["create temp table a as select ' on commit drop", true],
    ['create temp table a as select $a$ on commit drop', true],
    ['/* of late */ create temp table a (b int)', true],
    ['-- set local\nset search_path = a', true],
    ['-- set local\nprepare a as select 1', true],
    ['--\rset search_path = a', true],
    ['explain (format json) select 1', false],
    ['explain analyze create temp table a as select 1', true],
    ['explain (U&"\\0061nalyze") create temp table a as select 1', true],
    ['execute a', true],
    ['update a set b = 1', false],
    ['do $$ begin end $$', true],
    ['select pg_try_advisory_lock(1)', true],
    ['select pg_advisory_xact_lock(1)', false],
  ])('%j leaves something in the session: %s', (text, taints) => {
    expect(readStatement(text).taints).toBe(taints)
  })

  it.each([
    ['begin', true],
    ['START TRANSACTION', true],
    ["prepare transaction 'x'", true],
    ['prepare a as select 1', false],
    ['rollback to savepoint a', true],
    ['--\rcommit', true],
    ['select 1', false],
  ])('%j controls a transaction: %s', (text, control) => {
    expect(readStatement(text).control).toBe(control)
  })

  it.each([
    ['savepoint a', true],
    ['release a', true],
    ['rollback work to a', true],
    ['-- rollback to a\nrollback', false],
    ['commit', false],
  ])('%j leaves the transaction open: %s', (text, savepoint) => {
    expect(readStatement(text).savepoint).toBe(savepoint)
  })
})

describe('its time', () => {
  it('is remembered at its peak, and forgotten when it stays short', () => {
    const profile = createProfiles()('select 1')
    noteTime(profile, 100)
    expect(profile.peak).toBe(100)
    for (let i = 0; i < 20; i++) noteTime(profile, 1)
    expect(profile.peak).toBeGreaterThan(10)
    for (let i = 0; i < 80; i++) noteTime(profile, 1)
    expect(profile.peak).toBeLessThan(10)
  })

  it('is kept by text, for so many texts', () => {
    const profiles = createProfiles(2)
    const first = profiles('a')
    expect(profiles('a')).toBe(first)
    profiles('b')
    profiles('c')
    expect(profiles('a')).not.toBe(first)
  })
})
