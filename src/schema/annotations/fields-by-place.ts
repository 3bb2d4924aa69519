import type { Complaint, Subject } from '../grammar/define.ts'

/** On a field the field is meant and none may be given; on a model they must be. */
export function fieldsByPlace(
  { fields }: { readonly fields?: readonly string[] },
  { target, name }: Subject,
): Complaint | undefined {
  if (target === 'field' && fields !== undefined)
    return { argument: 'fields', message: `this stands on \`${name}\` and takes no fields: put it on the model` }
  if (target === 'model' && fields === undefined) return { message: 'on a model it needs `fields`' }
  return undefined
}
