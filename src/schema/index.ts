export * as annotations from './annotations/index.ts'
export { schemaAnnotations } from './annotations/index.ts'
export { type Generated, type GenerateOptions, generateSchema } from './generator/generate-schema.ts'
export { runGenerator } from './generator/run-generator.ts'
export * as argument from './grammar/argument.ts'
export {
  type AnnotationDefinition,
  type ArgumentsOf,
  annotationsOf,
  defineAnnotation,
  type SchemaComplaint,
} from './grammar/define.ts'
export { type AnnotationJson, type GrammarJson, grammarJson } from './grammar/grammar-json.ts'
export { grammarPage } from './grammar/grammar-page.ts'
export { printAnnotation } from './grammar/print.ts'
export { type LoadedSchema, type LoadOptions, loadSchema } from './load-schema.ts'
export type * from './model-meta.ts'
export { readSchema, type SchemaSource } from './source/read-schema.ts'
export type { Block, Field, ModelBlock } from './syntax/declarations.ts'
export { readText } from './syntax/read-text.ts'
