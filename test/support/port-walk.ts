/**
 * A walk over the pages of ports, in a thread of its own: renders each as the server does, compares it with the registry, and looks
 * for what no page may have. What it finds goes back as data.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { HtmlValidate } from 'html-validate'
import * as v from 'valibot'
import { PORT_MAX, TRANSPORTS, openRegistry } from '../../src/registry/index.ts'
import { BLOCK_PORTS } from '../../src/web/pages/ports/blocks.ts'
import { makeTestWeb } from './web-services.ts'

const taskSchema = v.object({
  language: v.string(),
  first: v.number(),
  last: v.number(),
  step: v.number(),
  /** Every so many pages one is validated whatever its form; each new form is validated anyway. */
  validateEach: v.number(),
})

export type WalkTask = v.InferOutput<typeof taskSchema>

export interface WalkResult {
  readonly pages: number
  readonly validated: number
  /** The first of each kind are enough to mend it. */
  readonly problems: readonly string[]
  /** Addresses of ours that are not of ports: each has to lead somewhere. */
  readonly links: readonly string[]
}

const HOST = '127.0.0.1:9730'
const PROBLEMS_MAX = 20
/** Values that a template wrote without meaning to; words of the registry's own have never been these. */
const LEAKS = /\bundefined\b|\[object |\bNaN\b|\bnull\b/
/** Style is the formatter's; titles are as long as names are. */
const RULES = {
  'doctype-style': 'off',
  'void-style': 'off',
  'no-trailing-whitespace': 'off',
  'long-title': 'off',
} as const

const validator = new HtmlValidate({ extends: ['html-validate:recommended'], rules: RULES })

/** Attributes whose values are words or addresses of the page's own; of all others the values count. */
const WORDY = /\s(href|hreflang|title|aria-label|content|value|data-\w+|alt|datetime|d|points|x1|x2|x|width)="[^"]*"/g

/**
 * All that makes a page valid or not: its elements in their order and nesting, their attributes, and where there are words. Pages of
 * equal form differ in these words, in numbers and in addresses alone.
 */
function formOf(html: string): string {
  return html
    .replace(/<script[^]*?<\/script>/g, '<script>')
    .replace(WORDY, ' $1')
    .replace(/\slang="[^"]*"/g, ' lang')
    .replace(/>\s*[^<\s][^<]*</g, '>x<')
    .replace(/>\s+</g, '><')
    .replace(/\d+/g, '0')
}

/** An address without its numbers, so that each kind is followed once; null for those that are right as they are. */
function kindOfLink(href: string): string | null {
  const path = href.replace(/^\/[a-z]{2}(-[A-Za-z]{2,4})?(?=\/|$)/, '')
  const port = /^\/(?:ports\/|chart\?port=|listeners\?port=)(\d+)$/.exec(path)?.[1]
  if (port !== undefined && Number(port) <= PORT_MAX)
    return path.startsWith('/ports/') ? null : path.replace(/\d+/, '973')
  const from = /^\/ports\?from=(\d+)$/.exec(path)?.[1]
  if (from !== undefined && Number(from) <= PORT_MAX && Number(from) % BLOCK_PORTS === 0) return null
  if (/^\/search\?q=[^&#]+$/.test(path)) return '/search?q=ssh'
  return href.startsWith('/assets/') ? href : path
}

async function walk({ language, first, last, step, validateEach }: WalkTask): Promise<WalkResult> {
  const ends: (() => unknown)[] = []
  const { app } = await makeTestWeb({ after: (end) => void ends.push(end) })
  const { registry } = openRegistry({})
  const problems: string[] = []
  const links = new Set<string>()
  const forms = new Set<string>()
  let [pages, validated] = [0, 0]
  const found = (port: number, problem: string): void => {
    if (problems.length < PROBLEMS_MAX) problems.push(`/${language}/ports/${port}: ${problem}`)
  }
  for (let port = first; port <= last; port += step) {
    const answer = await app.request(`http://${HOST}/${language}/ports/${port}`, { headers: { host: HOST } })
    const text = await answer.text()
    pages += 1
    if (answer.status !== 200) found(port, `status ${answer.status}`)
    const told = new Map(
      Array.from(text.matchAll(/data-transport="(\w+)"\s+data-status="(\w+)"/g), ([, name = '', status = '']) => [
        name,
        status,
      ]),
    )
    for (const transport of TRANSPORTS) {
      const status = registry.status(port, transport)
      if (told.get(transport) !== status) found(port, `${transport} is ${told.get(transport)}, not ${status}`)
    }
    if (told.size !== TRANSPORTS.length) found(port, `${told.size} transports`)
    const leak = LEAKS.exec(text.replace(/<script[^]*?<\/script>/g, ''))
    if (leak !== null) found(port, `'${text.slice(Math.max(0, leak.index - 60), leak.index + 40)}'`)
    for (const [, href = ''] of text.matchAll(/\shref="(\/[^"]*)"/g)) {
      const kind = kindOfLink(href)
      if (kind !== null && links.size < 1000) links.add(kind)
    }
    const ids = new Set(Array.from(text.matchAll(/\sid="([^"]+)"/g), ([, id]) => id))
    for (const [, id] of text.matchAll(/\shref="#([^"]+)"/g)) if (!ids.has(id)) found(port, `#${id} leads nowhere`)
    const form = formOf(text)
    if (forms.has(form) && pages % validateEach !== 0) continue
    forms.add(form)
    validated += 1
    const { results } = await validator.validateString(text)
    for (const { ruleId, message, selector } of results.flatMap(({ messages }) => messages))
      found(port, `${ruleId}: ${message} at ${selector ?? 'the page'}`)
  }
  for (const end of ends.toReversed()) await end()
  return { pages, validated, problems, links: [...links] }
}

if (parentPort !== null) parentPort.postMessage(await walk(v.parse(taskSchema, workerData)))
