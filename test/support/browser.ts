/**
 * One Chromium for a test file, and pages in it: each has a profile of its own, keeps what went wrong in it, and is held to have
 * had no console error, no failed request and no request to anyone but the site.
 */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after } from 'node:test'
import type { TestContext } from 'node:test'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import * as v from 'valibot'
import { atEnd } from './at-end.ts'
import { requireThat } from './peers.ts'

/** Debian's. */
const CHROMIUM = '/usr/bin/chromium'
/** Nothing but what the page asks for: no updates, no lists, no first-run page. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const DESKTOP = { width: 1280, height: 900 }
const PHONE = { width: 360, height: 740 }
/** For a page to show what is asked of it, in ms: the machine may be busy. */
const PATIENCE_MS = 15_000

export interface BrowserPageOptions {
  /** What the browser asks for: `bn`. Default: `en`. */
  readonly lang?: string
  readonly dark?: boolean
  /** A narrow screen that is touched. */
  readonly phone?: boolean
  /** Default: true. */
  readonly javaScriptEnabled?: boolean
  /** Lets `navigator.clipboard` be used without asking. */
  readonly clipboard?: boolean
  /** Problems that the test means to make: `/status of 404/`. */
  readonly expects?: readonly RegExp[]
}

export interface BrowserPage {
  readonly page: Page
  /** Console errors, uncaught errors and failed requests, as they came. */
  readonly problems: readonly string[]
}

let browser: Promise<Browser> | null = null

after(async () => {
  await (await browser)?.close()
})

/** A new page in a profile of its own; null where there is no Chromium, and the test is skipped. */
export async function openPage(
  context: TestContext,
  origin: string,
  options: BrowserPageOptions = {},
): Promise<BrowserPage | null> {
  if (!requireThat(context, existsSync(CHROMIUM), CHROMIUM)) return null
  browser ??= chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  const phone = options.phone === true
  const profile = await (
    await browser
  ).newContext({
    baseURL: origin,
    // Headless browsers give themselves a name of their own, and pages treat robots as robots.
    userAgent: `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${(await browser).version()} Safari/537.36`,
    locale: options.lang ?? 'en',
    colorScheme: options.dark === true ? 'dark' : 'light',
    viewport: phone ? PHONE : DESKTOP,
    hasTouch: phone,
    isMobile: phone,
    javaScriptEnabled: options.javaScriptEnabled ?? true,
    ...(options.clipboard === true ? { permissions: ['clipboard-read', 'clipboard-write'] } : {}),
  })
  profile.setDefaultTimeout(PATIENCE_MS)
  const page = await profile.newPage()
  const problems: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`))
  page.on('requestfailed', (request) => {
    // A page that is left ends its requests, and a stream of events only ends so.
    const reason = request.failure()?.errorText ?? ''
    if (reason !== 'net::ERR_ABORTED') problems.push(`request: ${request.url()} ${reason}`)
  })
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(`${origin}/`) && !/^(data|blob|about):/.test(url)) problems.push(`foreign request: ${url}`)
  })
  atEnd(context, async () => {
    await profile.close()
    const { expects = [] } = options
    assert.deepEqual(
      problems.filter((problem) => !expects.some((expected) => expected.test(problem))),
      [],
      'no page of the test has had a problem',
    )
  })
  return { page, problems }
}

const axeSchema = v.object({
  violations: v.array(
    v.object({
      id: v.string(),
      impact: v.nullish(v.string()),
      help: v.string(),
      nodes: v.array(v.object({ html: v.string(), failureSummary: v.optional(v.string()) })),
    }),
  ),
})

let axeSource: string | null = null

/** Fails where axe-core finds a serious or critical violation of WCAG 2.2 A and AA or of good practice. */
export async function axe(page: Page): Promise<void> {
  axeSource ??= readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  // Given to the page by the debugger, which the policy of scripts does not bind.
  await page.evaluate(axeSource)
  const { violations } = v.parse(axeSchema, await page.evaluate('axe.run(document, { resultTypes: ["violations"] })'))
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  const told = grave.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n${nodes.map(({ html, failureSummary = '' }) => `  ${html}\n  ${failureSummary}`).join('\n')}`,
  )
  assert.deepEqual(told, [], `axe-core finds nothing grave at ${page.url()}`)
}

/** Fails where the page is wider than the window: nobody scrolls to the side to read. */
export async function assertFitsWidth(page: Page): Promise<void> {
  const widths = v.parse(
    v.tuple([v.number(), v.number()]),
    await page.evaluate('[document.documentElement.scrollWidth, document.documentElement.clientWidth]'),
  )
  assert.ok(widths[0] <= widths[1], `${page.url()} is ${widths[0]} wide in a window of ${widths[1]}`)
}
