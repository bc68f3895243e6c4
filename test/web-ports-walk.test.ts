/**
 * Walks the pages of ports: in every language each renders, says what the registry says of each transport, is valid, and leads
 * somewhere. All 65,536 are walked in English, and each sixty-fourth in the others, which start at different ports.
 * `PORTOLAN_WALK=all` walks all in every language, which takes minutes; `PORTOLAN_WALK=bn,ar` all in these. Of pages
 * with the same elements and attributes one is validated, and some at random; `PORTOLAN_VALIDATE=all` validates each.
 */
import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { PORT_MAX } from '../src/registry/index.ts'
import { LANGUAGES } from '../src/web/i18n/languages.ts'
import type { WalkResult, WalkTask } from './support/port-walk.ts'
import { makeTestWeb } from './support/web-services.ts'

const WHOLE = (process.env['PORTOLAN_WALK'] ?? 'en').split(',')
const STEP = 64
/** A page takes ten times as long to validate as to make. */
const VALIDATE_EACH = process.env['PORTOLAN_VALIDATE'] === 'all' ? 1 : 2048
const THREADS = Math.min(4, availableParallelism())

function runTask(task: WalkTask): Promise<WalkResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('support/port-walk.ts', import.meta.url), { workerData: task })
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

function isWhole(tag: string): boolean {
  return WHOLE.includes(tag) || WHOLE.includes('all')
}

/** A language that is walked whole is split among the threads. */
function tasksOf(): WalkTask[] {
  const parts = 4
  const size = (PORT_MAX + 1) / parts
  return LANGUAGES.flatMap(({ tag }, index): WalkTask[] =>
    isWhole(tag)
      ? Array.from({ length: parts }, (_, part) => ({
          language: tag,
          first: part * size,
          last: (part + 1) * size - 1,
          step: 1,
          validateEach: VALIDATE_EACH,
        }))
      : [{ language: tag, first: (index * 7) % STEP, last: PORT_MAX, step: STEP, validateEach: VALIDATE_EACH }],
  )
}

test('the page of every port says what the registry says, is valid, and leads somewhere', async (context) => {
  const tasks = tasksOf()
  const results: WalkResult[] = []
  await Promise.all(
    Array.from({ length: THREADS }, async () => {
      for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) results.push(await runTask(task))
    }),
  )
  assert.deepEqual(
    results.flatMap(({ problems }) => problems),
    [],
  )
  const sum = (of: (result: WalkResult) => number): number => results.reduce((total, each) => total + of(each), 0)
  const pages = sum((each) => each.pages)
  context.diagnostic(
    `${pages} pages in ${LANGUAGES.length} languages, ${sum((each) => each.validated)} of them validated`,
  )
  const wholes = LANGUAGES.filter(({ tag }) => isWhole(tag)).length
  assert.equal(pages, wholes * 65_536 + (LANGUAGES.length - wholes) * (65_536 / STEP))
  const { app } = await makeTestWeb(context)
  const lost: string[] = []
  for (const link of new Set(results.flatMap(({ links }) => links))) {
    const { status } = await app.request(`http://127.0.0.1:9730${link}`, { headers: { host: '127.0.0.1:9730' } })
    if (status === 404 || status >= 500) lost.push(`${status} ${link}`)
  }
  assert.deepEqual(lost, [], 'every link leads somewhere')
})
