/**
 * The form of a lore file: what the registry leaves out of one service's history, each statement with its citation.
 *
 * A file never says what IANA's status of a port is: the registry alone does (docs/decisions/0003). It says who used the
 * port, when, what came after and what went wrong, and for each of these which source says so and whether we read it.
 */
import * as v from 'valibot'
import { PORT_MAX, parseSpan } from './model.ts'

/** What kinds of service there are; `malware` is for programs that their host's owner did not want. */
const LORE_CATEGORIES = [
  'ai',
  'backup',
  'chat',
  'container',
  'database',
  'development',
  'directory',
  'file-sharing',
  'game',
  'industrial',
  'iot',
  'mail',
  'malware',
  'media',
  'messaging',
  'monitoring',
  'network',
  'news',
  'p2p',
  'printing',
  'remote-access',
  'security',
  'terminal',
  'web',
  'other',
] as const

const text = (max: number) =>
  v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(max), v.regex(/^[^\p{Cc}]*$/u, 'control character'))
const id = v.pipe(v.string(), v.maxLength(48), v.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'not kebab-case'))
/** A year, a month or a day, as exact as the source is. */
const date = v.pipe(
  v.string(),
  v.regex(/^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/, 'not YYYY, YYYY-MM or YYYY-MM-DD'),
)
const portSpan = v.pipe(
  v.string(),
  v.regex(/^\d{1,5}(-\d{1,5})?$/, 'not a port or FROM-TO'),
  v.check((span) => {
    const { first, last } = parseSpan(span)
    return first <= last && last <= PORT_MAX
  }, 'port above 65535, or FROM above TO'),
)

/** A statement's link to one of the file's sources. `seen`: the source was read, and it does say so. */
const cite = v.strictObject({ source: id, seen: v.boolean() })
const cites = v.pipe(v.array(cite), v.minLength(1))
const statement = v.strictObject({ text: text(400), cites })

const source = v.strictObject({
  title: text(200),
  publisher: text(100),
  url: v.pipe(v.string(), v.url(), v.regex(/^https?:\/\//, 'not http(s)'), v.maxLength(400)),
  /** When the source was published or last changed, where that matters. */
  date: v.optional(date),
})

const use = v.strictObject({
  ports: v.pipe(v.array(portSpan), v.minLength(1), v.maxLength(32)),
  transports: v.pipe(v.array(v.picklist(['tcp', 'udp', 'sctp', 'dccp'])), v.minLength(1)),
  text: text(200),
  cites,
})

const era = v.strictObject({
  from: v.optional(date),
  until: v.optional(date),
  text: v.optional(text(200)),
  cites,
})

const successor = v.strictObject({ name: text(80), ports: v.optional(v.array(portSpan)), cites })

const loreSchema = v.strictObject({
  id,
  name: text(60),
  aliases: v.optional(v.array(text(60))),
  category: v.picklist(LORE_CATEGORIES),
  /** `current`: somebody may meet it today; `extinct`: its makers ended it and no successor speaks it. */
  state: v.picklist(['current', 'extinct']),
  summary: statement,
  /**
   * Names under which IANA lists this service, or the protocol that it speaks on the port: such a use stands under its own name,
   * and is no conflict (a web server on 8080 is what `http-alt` is for).
   */
  registryNames: v.optional(v.array(text(60))),
  uses: v.pipe(v.array(use), v.minLength(1)),
  era: v.optional(era),
  successors: v.optional(v.array(successor)),
  history: v.optional(v.array(statement)),
  security: v.optional(v.array(statement)),
  sources: v.pipe(
    v.record(id, source),
    v.check((all) => Object.keys(all).length > 0, 'no sources'),
  ),
})

export type Lore = v.InferOutput<typeof loreSchema>
export type LoreCite = v.InferOutput<typeof cite>
export type LoreSource = v.InferOutput<typeof source>

/** Every list of citations in a file, with the path of the statement that it stands under. */
export function citesOf(lore: Lore): { path: string; cites: readonly LoreCite[] }[] {
  return [
    { path: 'summary', cites: lore.summary.cites },
    ...lore.uses.map((each, index) => ({ path: `uses[${index}]`, cites: each.cites })),
    ...(lore.era ? [{ path: 'era', cites: lore.era.cites }] : []),
    ...(lore.successors ?? []).map((each, index) => ({ path: `successors[${index}]`, cites: each.cites })),
    ...(lore.history ?? []).map((each, index) => ({ path: `history[${index}]`, cites: each.cites })),
    ...(lore.security ?? []).map((each, index) => ({ path: `security[${index}]`, cites: each.cites })),
  ]
}

/**
 * Checks one lore file's content.
 * @returns the entry, or the list of what is wrong with it, each with its place.
 */
export function parseLore(
  value: unknown,
  fileName: string,
): { lore: Lore; problems: [] } | { lore: null; problems: string[] } {
  const result = v.safeParse(loreSchema, value)
  if (!result.success) {
    return {
      lore: null,
      problems: result.issues.map((issue) => `${v.getDotPath(issue) ?? '(whole file)'}: ${issue.message}`),
    }
  }
  const lore = result.output
  const problems: string[] = []
  if (`${lore.id}.json` !== fileName) problems.push(`id: '${lore.id}' is not the file's name '${fileName}'`)
  const cited = new Set<string>()
  for (const { path, cites: list } of citesOf(lore)) {
    for (const each of list) {
      cited.add(each.source)
      if (!Object.hasOwn(lore.sources, each.source))
        problems.push(`${path}: cites '${each.source}', which sources does not have`)
    }
  }
  for (const key of Object.keys(lore.sources)) if (!cited.has(key)) problems.push(`sources.${key}: nothing cites it`)
  if (lore.era && lore.era.from === undefined && lore.era.until === undefined && lore.era.text === undefined)
    problems.push('era: says nothing')
  return problems.length === 0 ? { lore, problems: [] } : { lore: null, problems }
}
