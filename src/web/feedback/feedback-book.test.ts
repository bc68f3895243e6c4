import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import fc from 'fast-check'
import { LIMITS } from '../../core/index.ts'
import type { Store } from '../../store/index.ts'
import { atEnd } from '../../../test/support/at-end.ts'
import { tempFolder } from '../../../test/support/temp-folder.ts'
import { LANGUAGES } from '../i18n/languages.ts'
import { keysFrom, openWebStore } from '../web-store.ts'
import { FeedbackBook } from './feedback-book.ts'
import type { Ballot } from './feedback-book.ts'
import { VERDICTS } from './verdict.ts'

const DAY_MS = 86_400_000
const [ENGLISH, ARABIC] = LANGUAGES
const BALLOT: Ballot = { visitor: 'a'.repeat(22), port: 973, language: ENGLISH }

function openBook(context: TestContext, now: () => number = () => 0): { book: FeedbackBook; store: Store } {
  const store = openWebStore(tempFolder(context))
  atEnd(context, () => store.close())
  return { book: new FeedbackBook(store, now), store }
}

test('an answer is counted once, however often it is given', async (context) => {
  const { book } = openBook(context)
  await Promise.all([book.put(BALLOT, 'yes'), book.put(BALLOT, 'yes'), book.put(BALLOT, 'yes')])
  assert.deepEqual([...book.counts()], [{ port: 973, language: 'en', yes: 1, partly: 0, no: 0 }])
  assert.equal(book.answerOf(BALLOT), 'yes')
})

test('a second answer replaces the first', async (context) => {
  const { book } = openBook(context)
  await book.put(BALLOT, 'yes')
  await book.put(BALLOT, 'no')
  assert.deepEqual([...book.counts()], [{ port: 973, language: 'en', yes: 0, partly: 0, no: 1 }])
  assert.equal(book.answerOf(BALLOT), 'no')
})

test('other visitors, pages and languages are counted apart', async (context) => {
  assert.ok(ARABIC)
  const { book } = openBook(context)
  await book.put(BALLOT, 'yes')
  await book.put({ ...BALLOT, visitor: 'b'.repeat(22) }, 'partly')
  await book.put({ ...BALLOT, language: ARABIC }, 'no')
  await book.put({ ...BALLOT, port: 22 }, 'no')
  assert.deepEqual(
    [...book.counts()],
    [
      { port: 22, language: 'en', yes: 0, partly: 0, no: 1 },
      { port: 973, language: 'ar', yes: 0, partly: 0, no: 1 },
      { port: 973, language: 'en', yes: 1, partly: 1, no: 0 },
    ],
  )
  assert.equal(book.answerOf({ ...BALLOT, port: 23 }), null)
})

test('the counts and the answers are there after a restart', async (context) => {
  const folder = tempFolder(context)
  const first = openWebStore(folder)
  await new FeedbackBook(first, () => 0).put(BALLOT, 'partly')
  await first.close()
  const second = openWebStore(folder)
  atEnd(context, () => second.close())
  const book = new FeedbackBook(second, () => 0)
  assert.equal(book.answerOf(BALLOT), 'partly')
  await book.put(BALLOT, 'partly')
  assert.deepEqual([...book.counts()], [{ port: 973, language: 'en', yes: 0, partly: 1, no: 0 }])
})

test('two processes that answer at once lose nothing', async (context) => {
  const folder = tempFolder(context)
  const stores = [openWebStore(folder), openWebStore(folder)]
  for (const store of stores) atEnd(context, () => store.close())
  const books = stores.map((store) => new FeedbackBook(store, () => 0))
  const [first] = books
  assert.ok(first)
  await Promise.all(
    books.flatMap((book, of) =>
      Array.from({ length: 20 }, (_, index) => book.put({ ...BALLOT, visitor: `${of}-${index}` }, 'yes')),
    ),
  )
  stores[0]?.refresh()
  assert.equal([...first.counts()][0]?.yes, 40)
})

test('nothing that is stored holds the visitor', async (context) => {
  const { book, store } = openBook(context)
  await book.put(BALLOT, 'yes')
  for (const { key, value } of store.range(keysFrom(''))) {
    assert.ok(!key.includes(BALLOT.visitor) && !value.includes(BALLOT.visitor))
  }
})

test('an answer is forgotten after its days, and stays counted', async (context) => {
  let nowMs = 0
  const { book, store } = openBook(context, () => nowMs)
  await book.put(BALLOT, 'yes')
  nowMs = (LIMITS.feedbackDays + 1) * DAY_MS
  await book.put({ ...BALLOT, visitor: 'b'.repeat(22) }, 'no')
  assert.equal(book.answerOf(BALLOT), null)
  assert.deepEqual([...book.counts()], [{ port: 973, language: 'en', yes: 1, partly: 0, no: 1 }])
  assert.equal([...store.range(keysFrom('feedback/answer/'))].length, 1)
  assert.equal([...store.range(keysFrom('feedback/day/'))].length, 1)
})

test('a full book drops the oldest answers for new ones', async (context) => {
  let nowMs = 0
  const { book, store } = openBook(context, () => nowMs)
  await book.put(BALLOT, 'yes')
  const full = Buffer.alloc(4)
  full.writeUInt32BE(LIMITS.feedbackAnswers)
  await store.commit({ conditions: [], changes: [[Buffer.from('feedback/kept'), full]] })
  nowMs = DAY_MS
  const next = { ...BALLOT, visitor: 'b'.repeat(22) }
  await book.put(next, 'no')
  assert.equal(book.answerOf(BALLOT), null)
  assert.equal(book.answerOf(next), 'no')
  assert.equal(store.get(Buffer.from('feedback/kept'))?.readUInt32BE(0), LIMITS.feedbackAnswers)
})

test('whatever is answered in whatever order, the counts are those of the last answers', async (context) => {
  const answers = fc.array(
    fc.record({
      visitor: fc.constantFrom('a', 'b', 'c'),
      port: fc.constantFrom(0, 973, 65_535),
      language: fc.constantFrom(...LANGUAGES.slice(0, 2)),
      verdict: fc.constantFrom(...VERDICTS),
    }),
    { maxLength: 20 },
  )
  await fc.assert(
    fc.asyncProperty(answers, async (given) => {
      const { book } = openBook(context)
      const last = new Map<string, (typeof given)[number]>()
      for (const each of given) {
        await book.put(each, each.verdict)
        last.set(`${each.visitor} ${each.port} ${each.language.tag}`, each)
      }
      const counts = [...book.counts()]
      assert.equal(
        counts.reduce((sum, { yes, partly, no }) => sum + yes + partly + no, 0),
        last.size,
      )
      for (const each of last.values()) assert.equal(book.answerOf(each), each.verdict)
    }),
    { numRuns: 25 },
  )
})
