import type { AnnotationArguments, AnnotationValue } from '../model-meta.ts'
import type { FaultAt } from '../syntax/syntax-fault.ts'
import type { Argument } from '../syntax/values.ts'
import type { ArgumentContext } from './argument.ts'
import type { AnnotationDefinition, Subject, Target } from './define.ts'
import type { WrittenAnnotation } from './find.ts'
import { nearestName } from './nearest-name.ts'

/**
 * Checks an annotation against its definition and returns its arguments. Everything wrong is reported; nothing is returned then.
 *
 * @param earlier - How often the same annotation stands on the declaration already.
 */
export function checkAnnotation(
  annotation: WrittenAnnotation,
  definitions: readonly AnnotationDefinition[],
  subject: Subject,
  earlier: number,
  context: ArgumentContext,
): AnnotationArguments | undefined {
  const { name, start, nameEnd } = annotation
  const faults: FaultAt[] = []
  const fault = (rest: Omit<FaultAt, 'start' | 'end'>) => faults.push({ start, end: nameEnd, ...rest })
  const definition = definitions.find((each) => each.name === name)
  let result: AnnotationArguments | undefined
  if (!definition) fault(unknownAnnotation(name, definitions))
  else if (!definition.on.includes(subject.target)) fault(misplaced(definition, subject.target))
  else {
    if (earlier > 0 && !definition.repeatable) fault({ message: `\`@${name}\` may stand only once on a declaration` })
    const { given, meant } = assign(annotation, definition, (each) => faults.push(each))
    result = readArguments(given, definition, { ...context, report: (each) => faults.push(each) })
    for (const [argument, { required }] of Object.entries(definition.arguments))
      if (required && !given.has(argument) && !meant.has(argument))
        fault({ message: `\`@${name}\` needs \`${argument}\``, expected: usage(definition) })
    const complaint = faults.length === 0 ? definition.check?.(result, subject) : undefined
    const place = complaint?.argument === undefined ? undefined : given.get(complaint.argument)?.value
    if (complaint)
      faults.push({
        start,
        end: nameEnd,
        ...(place && { start: place.start, end: place.end }),
        message: complaint.message,
      })
  }
  for (const each of faults) context.report(each)
  return faults.length === 0 ? result : undefined
}

/**
 * Gives each argument to its name: those without a name come first, in the order of the definition. `meant` are the names that
 * were misspelt, so that they are not missed as well.
 */
function assign(
  { arguments: written }: WrittenAnnotation,
  definition: AnnotationDefinition,
  report: (fault: FaultAt) => void,
): { given: Map<string, Argument>; meant: Set<string> } {
  const names = Object.keys(definition.arguments)
  const given = new Map<string, Argument>()
  const meant = new Set<string>()
  let named = false
  for (const [index, argument] of written.entries()) {
    const { start, end } = argument
    const key = argument.key ?? (named ? undefined : names[index])
    const keyEnd = argument.key === undefined ? end : start + argument.key.length
    named ||= argument.key !== undefined
    if (key === undefined && named)
      report({ start, end, message: 'an argument without a name follows one with a name', expected: '`name: value`' })
    else if (key === undefined) report({ start, end, message: `this is one argument too many: ${takes(definition)}` })
    else if (!names.includes(key)) {
      const unknown = unknownArgument(key, definition)
      report({ start, end: keyEnd, ...unknown })
      if (unknown.nearest !== undefined) meant.add(unknown.nearest)
    } else if (given.has(key)) report({ start, end: keyEnd, message: `\`${key}\` is given twice` })
    else given.set(key, argument)
  }
  return { given, meant }
}

function readArguments(
  given: ReadonlyMap<string, Argument>,
  definition: AnnotationDefinition,
  context: ArgumentContext,
): AnnotationArguments {
  const result: Record<string, AnnotationValue> = {}
  for (const [name, { kind }] of Object.entries(definition.arguments)) {
    const argument = given.get(name)
    const value = argument && kind.read(argument.value, context)
    if (value !== undefined) result[name] = value
  }
  return result
}

function unknownAnnotation(name: string, definitions: readonly AnnotationDefinition[]) {
  const known = definitions.map((each) => each.name)
  const nearest = nearestName(name, known)
  return {
    message: `there is no annotation \`@${name}\``,
    expected:
      'a known annotation, or its name in `ignoreAnnotations` of the generator where another generator reads it',
    ...(nearest !== undefined && { nearest: `@${nearest}` }),
  }
}

function unknownArgument(name: string, definition: AnnotationDefinition): Omit<FaultAt, 'start' | 'end'> {
  const nearest = nearestName(name, Object.keys(definition.arguments))
  return {
    message: `\`@${definition.name}\` takes no \`${name}\`: ${takes(definition)}`,
    ...(nearest !== undefined && { nearest }),
  }
}

const places: Readonly<Record<Target, string>> = {
  schema: 'in a comment that stands by itself',
  model: 'on a model',
  view: 'on a view',
  field: 'on a field',
  relation: 'on a relation',
  enum: 'on an enum',
  'enum value': 'on an enum value',
}

function misplaced({ name, on }: AnnotationDefinition, target: Target) {
  const expected = `it ${on.map((each) => places[each]).join(' or ')}`
  return { message: `\`@${name}\` does not stand ${places[target]}`, expected }
}

function takes({ name, arguments: known }: AnnotationDefinition): string {
  const names = Object.keys(known)
  return names.length === 0 ? `\`@${name}\` takes none` : `it takes ${names.join(', ')}`
}

/** `@check(name, sql)`; what may be left out is marked. */
export function usage({ name, arguments: known }: AnnotationDefinition): string {
  const list = Object.entries(known).map(([argument, { required }]) => (required ? argument : `${argument}?`))
  return `@${name}(${list.join(', ')})`
}
