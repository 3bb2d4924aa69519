import { expect, test } from 'vitest'
import { prismaRuntime } from '../client/runtime.ts'
import type { SchemaMeta } from '../schema/model-meta.ts'
import type { Arguments } from './call.ts'
import { Compiler } from './compiler.ts'

const schema: SchemaMeta = {
  format: 1,
  enums: {},
  models: {
    User: {
      name: 'User',
      table: 'users',
      fields: {
        id: { name: 'id', column: 'id', kind: 'scalar', type: 'Int', default: { kind: 'database' } },
        name: { name: 'name', column: 'name', kind: 'scalar', type: 'String', nullable: true },
        data: { name: 'data', column: 'data', kind: 'scalar', type: 'Json', nullable: true },
        tags: { name: 'tags', column: 'tags', kind: 'scalar', type: 'String', list: true },
      },
      relations: {},
      uniques: { id: { name: 'id', fields: ['id'], primary: true } },
    },
  },
}

async function compiler() {
  return new Compiler(schema, await prismaRuntime())
}

test('calls that differ only in values share a plan', async () => {
  const { plan } = await bound()
  const pairs: [Parameters<typeof plan>[0], Arguments, Arguments][] = [
    ['findMany', { where: { id: 1 } }, { where: { id: 2 } }],
    ['findMany', { where: { id: { in: [1] } } }, { where: { id: { in: [1, 2, 3] } } }],
    ['findMany', { take: 200, skip: 2 }, { take: 1000, skip: 20 }],
    ['findMany', { where: { id: 1, name: undefined } }, { where: { id: 1 } }],
    ['create', { data: { name: 'a' } }, { data: { name: null } }],
    ['create', { data: { data: { a: 1 } } }, { data: { data: [1, { b: [] }] } }],
    ['createMany', { data: [{ name: 'a' }] }, { data: [{ name: 'a' }, { name: null }, { name: 'c' }] }],
    ['update', { where: { id: 1 }, data: { tags: ['a'] } }, { where: { id: 2 }, data: { tags: [] } }],
  ]
  for (const [operation, one, other] of pairs) expect(plan(operation, one)).toBe(plan(operation, other))
})

test('calls of another structure have plans of their own', async () => {
  const { plan } = await bound()
  const pairs: [Parameters<typeof plan>[0], Arguments, Arguments][] = [
    ['findMany', { orderBy: { id: 'asc' } }, { orderBy: { id: 'desc' } }],
    ['findMany', { where: { name: null } }, { where: { name: 'a' } }],
    ['findMany', { take: 1 }, { take: -1 }],
    ['findMany', { take: 10 }, { take: 20 }],
    ['findMany', { take: 200 }, { take: -200 }],
    ['findMany', { select: { id: true } }, { select: { name: true } }],
    ['findMany', { where: { name: { contains: 'a' } } }, { where: { name: { contains: 'a', mode: 'insensitive' } } }],
    [
      'update',
      { where: { id: 1 }, data: { tags: { push: 'a' } } },
      { where: { id: 1 }, data: { tags: { push: ['a'] } } },
    ],
    ['update', { where: { id: 1 }, data: { id: { increment: 1 } } }, { where: { id: 1 }, data: { id: { set: 1 } } }],
  ]
  for (const [operation, one, other] of pairs) expect(plan(operation, one)).not.toBe(plan(operation, other))
})

test('many shapes leave a bounded number of plans, and those in use stay', async () => {
  const compile = await compiler()
  const often = { model: 'User', operation: 'findFirst', args: { where: { id: 1 } } } as const
  const kept = compile.plan(often)
  for (let shape = 0; shape < 5_000; shape++) {
    const bits = shape
      .toString(2)
      .split('')
      .map((bit) => (bit === '1' ? { id: 1 } : { name: 'a' }))
    compile.plan({ model: 'User', operation: 'findMany', args: { where: { AND: bits } } })
    expect(compile.plan(often)).toBe(kept)
  }
  expect(compile.size).toBeLessThanOrEqual(1_000)
})

test('all instants of a call are one, and the next call has its own', async () => {
  const fields = {
    ...schema.models.User!.fields,
    made: instant('made', { default: { kind: 'client', generator: 'now' } }),
    changed: instant('changed', { updatedAt: true }),
  }
  const compile = new Compiler(
    { ...schema, models: { User: { ...schema.models.User!, fields } } },
    await prismaRuntime(),
  )
  const call = { model: 'User', operation: 'create', args: { data: {} } } as const
  const plan = compile.plan(call)
  if ('uncovered' in plan) throw new Error(plan.uncovered)
  for (let i = 0; i < 1_000; i++) {
    const [made, changed] = plan.bind(call.args)
    expect(made).toBe(changed)
  }
  const before = plan.bind(call.args)[0]
  await expect.poll(() => plan.bind(call.args)[0]).not.toBe(before)
})

function instant(name: string, more: object) {
  return { name, column: name, kind: 'scalar', type: 'DateTime', ...more } as const
}

async function bound() {
  const compile = await compiler()
  type Operation = Parameters<Compiler['plan']>[0]['operation']
  return { plan: (operation: Operation, args: Arguments) => compile.plan({ model: 'User', operation, args }) }
}
