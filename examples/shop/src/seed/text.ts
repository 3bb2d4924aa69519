import type { Random } from './random.ts'
import { fillings, kinds, remarks, sentences, titles, topics } from './words.ts'

type Slot = keyof typeof fillings | 'topic' | 'other'

function fill(template: string, topic: string, random: Random): string {
  const text = template.replace(/\{(\w+)\}/g, (_, slot: Slot) => {
    if (slot === 'topic') return topic
    if (slot === 'other') return random.pick(topics)[0]
    return random.pick<string>(fillings[slot])
  })
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Title, text and tags of a post, all about one topic, so that a search for it finds what its tag finds. */
export function writePost(random: Random): { title: string; content: string; tags: ReadonlySet<string> } {
  const [topic, tag] = random.pick(topics)
  const title = fill(random.pick<string>(titles), topic, random)
  const content: string[] = []
  for (let left = random.between(3, 8); left > 0; left--) content.push(fill(random.pick<string>(sentences), topic, random))
  const tags = new Set<string>([tag, random.pick(kinds)])
  if (random.chance(0.3)) tags.add(random.pick(topics)[1])
  return { title, content: content.join(' '), tags }
}

/** What somebody says below a post. */
export function writeComment(random: Random): string {
  const topic = random.pick(topics)[0]
  const first = fill(random.pick<string>(remarks), topic, random)
  return random.chance(0.4) ? `${first} ${fill(random.pick<string>(remarks), topic, random)}` : first
}
