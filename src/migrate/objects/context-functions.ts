import {
  type ContextFunction,
  contextFunctions,
  contextFunctionType,
  createContextFunction,
  protectedModels,
} from '../../features/rls/index.ts'
import { hashOf } from './mark.ts'
import type { DeclarationSource, DeclaredObject } from './object.ts'

/** The functions by which policies read the context; none where nothing is protected. */
export function declaredContextFunctions({ schema, names }: DeclarationSource): DeclaredObject[] {
  if (protectedModels(schema).size === 0) return []
  return (Object.keys(contextFunctions) as ContextFunction[]).map((name) => {
    const create = createContextFunction(
      names.qualify(names.defaultSchema, name),
      name,
      contextFunctionType(name, schema),
    )
    return {
      kind: 'function',
      annotation: 'rls',
      origin: `${name}() of the policies`,
      name: { schema: names.defaultSchema, name },
      create: [create],
      hash: hashOf([create]),
    }
  })
}
