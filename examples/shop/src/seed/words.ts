/** What the people of the shop write about: a topic, and the tag that goes with it. */
export const topics = [
  ['keyset pagination', 'postgres'],
  ['partial indexes', 'postgres'],
  ['autovacuum', 'postgres'],
  ['row-level security', 'security'],
  ['connection pooling', 'postgres'],
  ['advisory locks', 'postgres'],
  ['streaming replication', 'operations'],
  ['point-in-time recovery', 'operations'],
  ['zero-downtime migrations', 'operations'],
  ['feature flags', 'operations'],
  ['on-call rotations', 'teams'],
  ['code review', 'teams'],
  ['incident reports', 'teams'],
  ['estimates', 'teams'],
  ['password hashing', 'security'],
  ['threat modelling', 'security'],
  ['key rotation', 'security'],
  ['strict TypeScript', 'typescript'],
  ['discriminated unions', 'typescript'],
  ['structured logging', 'observability'],
  ['distributed tracing', 'observability'],
  ['service level objectives', 'observability'],
  ['cache stampedes', 'performance'],
  ['query plans', 'performance'],
  ['flame graphs', 'performance'],
  ['property-based testing', 'testing'],
  ['snapshot tests', 'testing'],
  ['load testing', 'testing'],
  ['sourdough bread', 'cooking'],
  ['espresso', 'cooking'],
  ['fermented vegetables', 'cooking'],
  ['bicycle repair', 'outdoors'],
  ['mountain trails', 'outdoors'],
  ['urban gardening', 'outdoors'],
  ['mechanical keyboards', 'hardware'],
  ['home servers', 'hardware'],
] as const

/** Tags that say what kind of post it is, whatever the topic. */
export const kinds = ['beginner', 'deep-dive', 'opinion', 'howto', 'story', 'checklist', 'question', 'news'] as const

/** Every tag there is. */
export const tagNames: readonly string[] = [...new Set(topics.map(([, tag]) => tag)), ...kinds]

export const titles = [
  'What nobody told us about {topic}',
  'A practical guide to {topic}',
  'How {topic} saved our {moment}',
  'Why we gave up on {topic}',
  '{topic}: {number} lessons from {place}',
  'Getting started with {topic}',
  'The hidden cost of {topic}',
  '{topic} without the headaches',
  'Notes on {topic} from {place}',
  'Five questions about {topic}, answered',
  'When {topic} goes wrong',
  'Teaching {topic} to a new team',
] as const

export const sentences = [
  'We started with {topic} because {reason}.',
  'After {number} months the {quality} part turned out to be {thing}.',
  'Most tutorials skip {thing}, which is where {topic} becomes {quality}.',
  'A colleague from {place} showed us a {quality} way to deal with {thing}.',
  'Measure first: in our case {thing} took {number} times longer than expected.',
  'The documentation is {quality}, but it says little about {thing}.',
  'If you remember one thing, let it be this: {topic} needs {thing}.',
  'During {moment} everything depended on {thing}.',
  'There are {number} reasons why {topic} is worth the effort, and {thing} is the first.',
  'It failed in a {quality} manner, so we went back to {thing}.',
  'Readers asked how {topic} compares with {other}; the answer is that {reason}.',
  'None of this is new, yet {reason}.',
  'In {place} people have done it like this for {number} years.',
  'Start small, write down what you expect, and look at {thing} again after {moment}.',
  'What helped most was a {quality} habit: talk about {thing} before {moment}.',
] as const

export const remarks = [
  'Thanks, the part about {thing} was exactly what I needed.',
  'We had the same trouble with {topic} in {place}.',
  'Have you tried {other} instead?',
  'I disagree: {reason}.',
  'Could you say more about {thing}?',
  'This is the most {quality} explanation of {topic} I have read.',
  'Worked for us after {number} attempts.',
  'Bookmarked for the next time {moment} comes around.',
  'Small correction: {thing} changed in the latest release.',
  'How does {topic} behave when {thing} is missing?',
] as const

export const fillings = {
  reason: [
    'the old way no longer scaled',
    'nobody could explain the alternative',
    'it was the simplest thing that could work',
    'our customers had asked for it twice',
    'the numbers left no doubt',
    'it is easier to test',
    'it fails loudly instead of quietly',
    'somebody has to keep it running at night',
  ],
  quality: [
    'surprising',
    'boring',
    'reliable',
    'painful',
    'elegant',
    'slow',
    'robust',
    'clear',
    'fragile',
    'friendly',
    'thorough',
    'cheap',
  ],
  thing: [
    'the rollback plan',
    'the slowest query',
    'a good error message',
    'the shared calendar',
    'monitoring',
    'the first five minutes',
    'a spare battery',
    'the water temperature',
    'patience',
    'the retry policy',
    'the backup nobody had restored',
    'time zones',
    'the default configuration',
    'a second pair of eyes',
  ],
  moment: [
    'release week',
    'the holidays',
    'the Black Friday sale',
    'the last migration',
    'a long weekend',
    'the audit',
  ],
  place: [
    'Lisbon',
    'Berlin',
    'Nairobi',
    'Toronto',
    'Osaka',
    'Montevideo',
    'Kraków',
    'Bengaluru',
    'Oslo',
    'Melbourne',
    'Reykjavík',
    'Marseille',
  ],
  number: ['two', 'three', 'four', 'five', 'seven', 'ten', 'twelve'],
} as const

export const firstNames = [
  'Ada', 'Amara', 'Anika', 'Bruno', 'Chidi', 'Clara', 'Dmitri', 'Elif', 'Emeka', 'Farah', 'Freya', 'Giulia', 'Hana',
  'Hugo', 'Ines', 'Ivan', 'Jonas', 'Julia', 'Kaito', 'Lars', 'Leila', 'Lucía', 'Mateo', 'Mei', 'Mila', 'Nadia', 'Noah',
  'Olga', 'Omar', 'Priya', 'Rafael', 'Rosa', 'Sami', 'Sofia', 'Tariq', 'Uma', 'Viktor', 'Wanjiru', 'Yusuf', 'Zoë',
] as const // biome-ignore format: a list of names reads better in lines

export const lastNames = [
  'Abe', 'Andersson', 'Bauer', 'Bianchi', 'Castro', 'Chen', 'Diallo', 'Dubois', 'Eriksen', 'Fernández', 'Fischer',
  'García', 'Haddad', 'Hansen', 'Ito', 'Ivanova', 'Jansen', 'Kamau', 'Kaya', 'Khan', 'Kowalska', 'Larsen', 'Lopes',
  'Moreau', 'Müller', 'Nakamura', 'Nguyen', "O'Brien", 'Okafor', 'Patel', 'Petrov', 'Rossi', 'Santos', 'Schmidt',
  'Silva', 'Singh', 'Tanaka', 'Virtanen', 'Weber', 'Yilmaz',
] as const // biome-ignore format: a list of names reads better in lines

export const jobs = [
  'Engineer',
  'Designer',
  'Data analyst',
  'Teacher',
  'Gardener',
  'Product manager',
  'Student',
] as const

export const productNouns = ['mug', 'notebook', 'backpack', 'keyboard', 'lamp', 'teapot', 'jacket', 'desk mat'] as const
export const productKinds = ['Classic', 'Travel', 'Ceramic', 'Recycled', 'Winter', 'Studio', 'Pocket', 'Oak'] as const
