import { type AnnotationDefinition, argument, defineAnnotation, schemaAnnotations } from '../../src/schema/index.ts'

const { boolean, field, identifier, number, optional, required, sql, word } = argument

/** Annotations in the shapes that features give theirs. */
export const featureAnnotations: readonly AnnotationDefinition[] = [
  defineAnnotation({
    name: 'rls.policy',
    on: ['model'],
    repeatable: true,
    arguments: {
      name: required(identifier, 'The name.'),
      to: optional(identifier, 'The role.'),
      for: optional(word('all', 'select', 'insert', 'update', 'delete'), 'The command.'),
      using: optional(sql, 'The condition.'),
    },
    summary: 'A policy.',
    example: '',
  }),
  defineAnnotation({
    name: 'search',
    on: ['model', 'view'],
    arguments: {
      fields: required(argument.object(word('A', 'B', 'C', 'D'), 'field'), 'The fields and their weights.'),
      language: optional(argument.string, 'The language.'),
    },
    summary: 'Search.',
    example: '',
  }),
  defineAnnotation({
    name: 'cache',
    on: ['model'],
    arguments: { ttl: required(argument.string, 'How long.'), share: optional(number, 'How much.') },
    summary: 'A cache.',
    example: '',
  }),
  defineAnnotation({
    name: 'encrypt',
    on: ['field'],
    arguments: { searchable: optional(boolean, 'Whether it can be found.'), key: optional(field, 'The key.') },
    summary: 'Encryption.',
    example: '',
  }),
]

export const definitions: readonly AnnotationDefinition[] = [...schemaAnnotations, ...featureAnnotations]
