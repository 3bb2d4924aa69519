import type { Random } from './random.ts'
import { fillings, kinds, remarks, sentences, titles, topics } from './words.ts'

/** What a post is about, and its tags: the topic's own, what kind of post it is, and sometimes a neighbouring topic's. */
export function chooseTopic(random: Random): { topic: string; tags: ReadonlySet<string> } {
  const [topic, tag] = random.pick(topics)
  const tags = new Set<string>([tag, random.pick(kinds)])
  if (random.chance(0.3)) tags.add(random.pick(topics)[1])
  return { topic, tags }
}

export function writeTitle(topic: string, random: Random): string {
  return fill(random.pick(titles), topic, random)
}

export function writeContent(topic: string, random: Random): string {
  return Array.from({ length: random.between(3, 8) }, () => fill(random.pick(sentences), topic, random)).join(' ')
}

/** What somebody says below a post. */
export function writeComment(random: Random): string {
  const topic = random.pick(topics)[0]
  const first = fill(random.pick(remarks), topic, random)
  return random.chance(0.4) ? `${first} ${fill(random.pick(remarks), topic, random)}` : first
}

type Slot = keyof typeof fillings | 'topic' | 'other'

function fill(template: string, topic: string, random: Random): string {
  const text = template.replace(/\{(\w+)\}/g, (_, slot: Slot) => {
    if (slot === 'topic') return topic
    if (slot === 'other') return otherThan(topic, random)
    return random.pick<string>(fillings[slot])
  })
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function otherThan(topic: string, random: Random): string {
  const other = random.pick(topics)[0]
  return other === topic ? otherThan(topic, random) : other
}
