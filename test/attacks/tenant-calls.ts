/** Calls at random on a tenant's rows: what is asked is the same on the shared database and on the tenant's own. */
import { type Arbitrary, array, boolean, constant, constantFrom, nat, oneof, option, record } from 'fast-check'
import { childList, type TenantModel, type TenantSchema } from './tenant-schema.ts'

export interface TenantCall {
  readonly model: string
  readonly action: string
  /** For a tenant, by its number. */
  readonly args: (tenant: number) => object
}

/** The rows of a model, by number: few, so that calls meet. */
const ROWS = 4

type Maker = (tenant: number) => unknown

/** A key that another tenant may have as well, where the tenant is part of it; else one that nobody else can have. */
export function keyOf(model: TenantModel, row: number, tenant: number): string | number {
  return model.key === 'composite' ? row : `${tenant}-${model.name}-${row}`
}

export function tenantIdOf({ tenantType }: TenantSchema, tenant: number): string | number {
  return tenantType === 'Int' ? tenant : `tenant ${tenant}`
}

export function tenantCalls(schema: TenantSchema): Arbitrary<TenantCall> {
  return oneof(...schema.models.map((model) => callsOf(schema, model)))
}

/** The scalars of a new row, without its keys to others. */
function scalars(model: TenantModel): Arbitrary<Record<string, unknown>> {
  return record({ number: nat(5), text: option(constantFrom('', 'a', 'b', '%')), code: nat(5) }).map(
    ({ number, text, code }) => ({
      ...Object.fromEntries(Array.from({ length: model.numbers }, (_, i) => [`number${i}`, number])),
      ...Object.fromEntries(Array.from({ length: model.texts }, (_, i) => [`text${i}`, text])),
      ...(model.code && { code: `code ${code}` }),
    }),
  )
}

function wheres(schema: TenantSchema, model: TenantModel): Arbitrary<Maker> {
  const byKey = record({ row: nat(ROWS), of: nat(4), own: boolean() }).map(
    ({ row, of, own }): Maker =>
      (tenant) => ({ id: keyOf(model, row, own ? tenant : of) }),
  )
  const byTenant = nat(4).map(
    (of): Maker =>
      () => ({ tenantId: tenantIdOf(schema, of) }),
  )
  const choices: Arbitrary<Maker>[] = [constant(() => ({})), byKey, byTenant]
  if (model.numbers > 0)
    choices.push(
      nat(5).map(
        (number): Maker =>
          () => ({ number0: { gte: number } }),
      ),
    )
  if (model.texts > 0)
    choices.push(
      constantFrom('a', '%', '').map(
        (text): Maker =>
          () => ({ text0: { contains: text } }),
      ),
    )
  for (const [i, { to, required }] of model.parents.entries()) {
    const parent = schema.models.find(({ name }) => name === to)!
    const is = record({ row: nat(ROWS), of: nat(4) }).map(
      ({ row, of }): Maker =>
        () => ({ [`parent${i}`]: { is: { id: keyOf(parent, row, of) } } }),
    )
    choices.push(is)
    if (!required) choices.push(constant(() => ({ [`parent${i}`]: null })))
  }
  for (const child of schema.models)
    for (const [i, { to }] of child.parents.entries())
      if (to === model.name)
        choices.push(
          constantFrom('some', 'none', 'every').map(
            (quantifier): Maker =>
              () => ({ [childList(child, i)]: { [quantifier]: {} } }),
          ),
        )
  const one = oneof(...choices)
  return oneof(
    one,
    array(one, { minLength: 1, maxLength: 2 }).map(
      (all): Maker =>
        (tenant) => ({ OR: all.map((each) => each(tenant)) }),
    ),
    one.map(
      (each): Maker =>
        (tenant) => ({ NOT: each(tenant) }),
    ),
  )
}

/** Everything that hangs on a row, one step away. */
function includes(schema: TenantSchema, model: TenantModel): object {
  const children = schema.models.flatMap((child) =>
    child.parents.flatMap(({ to }, i) =>
      to === model.name ? [[childList(child, i), { orderBy: { id: 'asc' } }]] : [],
    ),
  )
  const parents = model.parents.map((_, i) => [`parent${i}`, true])
  return Object.fromEntries([...children, ...parents])
}

function callsOf(schema: TenantSchema, model: TenantModel): Arbitrary<TenantCall> {
  const { name } = model
  const where = wheres(schema, model)
  const orderBy = { id: 'asc' }
  const call = (action: string, args: Arbitrary<Maker>): Arbitrary<TenantCall> =>
    args.map((make) => ({ model: name, action, args: (tenant) => make(tenant) as object }))
  const unique = (tenant: number, row: number, of: number): object => {
    const id = keyOf(model, row, of)
    const tenantId = tenantIdOf(schema, tenant)
    return model.key === 'uuid' ? { id } : { tenantId_id: { tenantId, id } }
  }
  const place = record({ row: nat(ROWS), of: nat(4), own: boolean() })
  const at = (tenant: number, { row, of, own }: { row: number; of: number; own: boolean }) =>
    unique(tenant, row, own ? tenant : of)
  const include = includes(schema, model)
  const whole = Object.keys(include).length > 0 ? { include } : {}
  const parents = array(record({ row: nat(ROWS), missing: boolean() }), { minLength: 2, maxLength: 2 })
  const row = record({ place, values: scalars(model), parents, theirs: nat(9) }).map(
    (given): Maker =>
      (tenant) => ({
        id: keyOf(model, given.place.row, tenant),
        // Now and then in another tenant's name.
        tenantId: tenantIdOf(schema, given.theirs === 0 ? given.place.of : tenant),
        ...given.values,
        ...Object.fromEntries(
          model.parents.map(({ to, required }, i) => {
            const parent = schema.models.find((each) => each.name === to)!
            const { row, missing } = given.parents[i]!
            // Of a key that needs no tenant, now and then somebody else's.
            const of = given.theirs === 1 ? given.place.of : tenant
            return [`parent${i}Id`, missing && !required ? null : keyOf(parent, row, of)]
          }),
        ),
      }),
  )
  const pair = <A, B>(a: Arbitrary<A>, b: Arbitrary<B>) => record({ a, b })
  return oneof(
    call(
      'findMany',
      where.map(
        (each): Maker =>
          (tenant) => ({ where: each(tenant), orderBy, ...whole }),
      ),
    ),
    call(
      'findMany',
      pair(where, nat(2)).map(
        ({ a, b }): Maker =>
          (tenant) => ({ where: a(tenant), orderBy, skip: b, take: 2 }),
      ),
    ),
    call(
      'findUnique',
      place.map(
        (each): Maker =>
          (tenant) => ({ where: at(tenant, each), ...whole }),
      ),
    ),
    call(
      'findFirstOrThrow',
      where.map(
        (each): Maker =>
          (tenant) => ({ where: each(tenant), orderBy }),
      ),
    ),
    call(
      'count',
      where.map(
        (each): Maker =>
          (tenant) => ({ where: each(tenant) }),
      ),
    ),
    call(
      'aggregate',
      where.map(
        (each): Maker =>
          (tenant) => ({ where: each(tenant), _count: true, _max: { id: true } }),
      ),
    ),
    call(
      'groupBy',
      where.map(
        (each): Maker =>
          (tenant) => ({ where: each(tenant), by: 'tenantId', _count: true }),
      ),
    ),
    {
      weight: 4,
      arbitrary: call(
        'create',
        row.map(
          (make): Maker =>
            (tenant) => ({ data: make(tenant), ...whole }),
        ),
      ),
    },
    call(
      'createMany',
      pair(array(row, { maxLength: 3 }), boolean()).map(
        ({ a, b }): Maker =>
          (tenant) => ({ data: a.map((make) => make(tenant)), skipDuplicates: b }),
      ),
    ),
    call(
      'update',
      pair(place, scalars(model)).map(
        ({ a, b }): Maker =>
          (tenant) => ({ where: at(tenant, a), data: b, ...whole }),
      ),
    ),
    call(
      'updateMany',
      pair(where, scalars(model)).map(
        ({ a, b }): Maker =>
          // Of many rows only one could have the code.
          (tenant) => ({ where: a(tenant), data: { ...b, code: undefined } }),
      ),
    ),
    call(
      'upsert',
      pair(pair(place, row), scalars(model)).map(
        ({ a, b }): Maker =>
          (tenant) => ({ where: unique(tenant, a.a.row, tenant), create: a.b(tenant), update: b }),
      ),
    ),
    call(
      'delete',
      place.map(
        (each): Maker =>
          (tenant) => ({ where: at(tenant, each) }),
      ),
    ),
    call(
      'deleteMany',
      where.map(
        (each): Maker =>
          (tenant) => ({ where: each(tenant) }),
      ),
    ),
  )
}
