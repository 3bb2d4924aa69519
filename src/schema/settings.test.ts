import { expect, it } from 'vitest'
import { ignoredAnnotations, providerOf, unknownSettings } from './settings.ts'
import { readText } from './syntax/read-text.ts'

const text = (settings: string) =>
  readText([
    { path: 'schema.prisma', text: `generator other {\n  provider = "other"\n  colour = "red"\n}\n${settings}` },
  ])

it('takes one name or several, from our generator alone', () => {
  const settings = (value: string, provider = 'substrata') =>
    text(`generator g {\n  provider = "${provider}"\n  ignoreAnnotations = ${value}\n}\n`)
  expect(ignoredAnnotations(settings('"zod"'))).toEqual(['zod'])
  expect(ignoredAnnotations(settings('["zod", "TypeGraphQL"]'))).toEqual(['zod', 'TypeGraphQL'])
  expect(ignoredAnnotations(settings('["zod"]', 'npx substrata'))).toEqual(['zod'])
  expect(ignoredAnnotations(settings('["zod"]', 'else'))).toEqual([])
})

it('names a setting that is misspelt, and leaves those of others alone', () => {
  const faults = unknownSettings(text('generator g {\n  provider = "substrata"\n  ignoreAnnotation = ["zod"]\n}\n'))
  expect(faults.map((each) => each.rendered)).toEqual([
    [
      'schema.prisma:7:3: the generator has no setting `ignoreAnnotation`',
      '  |',
      '7 |   ignoreAnnotation = ["zod"]',
      '  |   ^^^^^^^^^^^^^^^^ did you mean `ignoreAnnotations`?',
    ].join('\n'),
  ])
})

it('reads the provider', () => {
  expect(providerOf(text('datasource db {\n  provider = "postgresql" // or another\n}\n'))).toBe('postgresql')
  expect(providerOf(text(''))).toBeUndefined()
})
