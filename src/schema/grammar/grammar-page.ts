import type { ArgumentType } from './argument.ts'
import { usage } from './check.ts'
import type { AnnotationDefinition } from './define.ts'
import { sorted } from './grammar-json.ts'

const head = `# Annotations

What Prisma's schema language cannot say stands in \`///\` comments beside the declarations. \`prisma generate\` and \`substrata
migrate dev\` read it from the schema files as they lie on disk.

## How they are written

\`\`\`prisma
/// The people who can log in. @check("users_email_is_lower", sql: "email = lower(email)")
/// @index.partial(
///   where: "deleted_at IS NULL",
///   fields: [email, name]
/// )
model User {
  email String /// @check(name: "users_email_has_at", sql: "position('@' in email) > 1")
}
\`\`\`

- **Arguments** are \`name: value\`. The first ones may be given without their names, in the order documented here.
- **Values**: strings in \`"…"\` or \`'…'\`, which end on their line, or in \`"""…"""\`, which may go over several lines and lose
  their common indentation; numbers; \`true\` and \`false\`; bare words (\`gin\`, and the names of fields as they stand in the
  schema); lists \`[a, b]\`; lists with keys \`[title: A, content: B]\`.
- **Escapes** in strings: \`\\n \\r \\t \\b \\f \\\\ \\/ \\" \\' \\u00e9 \\u{1f600}\`. A backslash is written \`\\\\\`.
- **SQL** names tables and columns as the database does, not as Prisma does.

**What they belong to.** A comment at the end of a line belongs to the field or enum value on that line. A comment on lines of its own
belongs to the field that follows, or, above a \`@@\` attribute and at the end of the block, to the model; outside of blocks, to the
model, view or enum on the very next line. A comment that stands by itself, with a blank line or nothing behind it, and one on
\`datasource\` or \`generator\` belong to the schema. \`//\` comments are never read.

**What is prose.** \`@name(…)\` is an annotation wherever its \`@\` follows a blank. \`@name\` alone is one when it is known and has
its line to itself. E-mail addresses, \`@@index\`, anything in backticks and unknown names without parentheses (\`see @bob\`,
\`@deprecated\`) are prose. A known name in the midst of prose is a fault, since it could be meant either way.

**Other generators' annotations** would be faults. Name them, or the first part of their names, in the generator's block:

\`\`\`prisma
generator substrata {
  provider          = "substrata"
  output            = "../src/generated/substrata"
  ignoreAnnotations = ["zod", "TypeGraphQL"]
}
\`\`\`

The same as data, for editors: [annotations.json](annotations.json).
`

/** The reference page of annotations. */
export function grammarPage(definitions: readonly AnnotationDefinition[]): string {
  return [head, ...sorted(definitions).map(section)].join('\n')
}

function section(definition: AnnotationDefinition): string {
  const { name, summary, on, repeatable, arguments: known, example } = definition
  const rows = Object.entries(known).map(
    ([argument, { kind, required, summary: meaning }]) =>
      `| \`${argument}\` | ${typeText(kind.describe)} | ${required ? 'yes' : ''} | ${meaning} |`,
  )
  const place = `On: ${on.join(', ')}${repeatable ? '; any number of times' : '; once'}.`
  const table = ['| argument | value | required | |', '| --- | --- | --- | --- |', ...rows].join('\n')
  return `## @${name}\n\n\`${usage(definition)}\`\n\n${summary}\n\n${place}\n\n${table}\n\n\`\`\`prisma\n${example}\n\`\`\`\n`
}

function typeText(type: ArgumentType): string {
  switch (type.type) {
    case 'word':
      return type.choices.map((choice) => `\`${choice}\``).join(', ')
    case 'list':
      return `list of ${typeText(type.of)}s`
    case 'object':
      return `\`[key: ${typeText(type.of)}]\``
    case 'either':
      return type.choices.map(typeText).join(' or ')
    case 'sql':
      return 'SQL string'
    case 'identifier':
      return 'name in the database'
    default:
      return type.type
  }
}
