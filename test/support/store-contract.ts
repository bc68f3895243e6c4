/**
 * What every engine of the store must keep (src/store/store.ts), as one suite that knows nothing of any of them.
 *
 * `testStoreContract(name, open)` is called from the engine's own test file. Byte keys are drawn at random beside the chosen
 * cases: the order of bytes, and not of text or numbers, is what all of the directory stands on.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import fc from 'fast-check'
import type { Batch, Entry, Store, StoreChange } from '../../src/store/index.ts'
import { atEnd } from './at-end.ts'
import { until } from './until.ts'

/** A new, empty store. */
export interface OpenedStore {
  readonly store: Store
  /** Another handle of the same store, whether or not the first one is closed. */
  readonly reopen: () => Promise<Store>
  /** Makes the engine forget which keys the batches up to a revision named, as it does on its own after many batches. */
  readonly forget: (upToRevision: number) => Promise<void>
}

export type OpenStore = (context: TestContext) => Promise<OpenedStore>

const EVERYTHING = { from: Buffer.from([0]), to: Buffer.alloc(40, 0xff) } as const
const LARGE_BYTES = 1024 * 1024
const WRITERS = 50

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')
const put = (...pairs: readonly (readonly [key: string, value: string])[]): Batch => ({
  conditions: [],
  changes: pairs.map(([key, value]) => [bytes(key), bytes(value)] as const),
})
const shown = (entries: Iterable<Entry>): string[] =>
  [...entries].map(({ key, value }) => `${key.toString('latin1')}=${value.toString('latin1')}`)
const textAt = (store: Pick<Store, 'get'>, key: string): string | undefined => store.get(bytes(key))?.toString('latin1')

/** Registers the suite. */
export function testStoreContract(name: string, open: OpenStore): void {
  describe(`${name} keeps the contract of a store:`, () => {
    testValues(open)
    testRanges(open)
    testBatches(open)
    testSnapshots(open)
    testWatches(open)
    testReopening(open)
  })
}

function testValues(open: OpenStore): void {
  test('a new store is empty and at revision 0', async (context) => {
    const { store } = await open(context)
    assert.equal(store.revision(), 0)
    assert.equal(store.get(bytes('a')), undefined)
    assert.deepEqual(shown(store.range(EVERYTHING)), [])
  })

  test('values of every length come back as they were, from none to 1 MiB', async (context) => {
    const { store } = await open(context)
    const lengths = [0, 1, 3, 4, 511, 512, 2000, 4095, 4096, 4097, 65_536, LARGE_BYTES - 1, LARGE_BYTES]
    const valueOf = (length: number): Buffer => Buffer.alloc(length, `${length}.`)
    for (const length of lengths)
      await store.commit({ conditions: [], changes: [[bytes(`v${length}`), valueOf(length)]] })
    for (const length of [...lengths, ...lengths.toReversed()])
      assert.ok(store.get(bytes(`v${length}`))?.equals(valueOf(length)), `${length} bytes`)
    for (const { key, value } of store.range(EVERYTHING))
      assert.ok(value.equals(valueOf(Number(key.subarray(1)))), key.toString())
  })

  test('a value is overwritten by a longer and by a shorter one, and deleted by null', async (context) => {
    const { store } = await open(context)
    for (const value of ['', 'long'.repeat(1000), 'short', '']) {
      await store.commit(put(['a', value]))
      assert.equal(textAt(store, 'a'), value)
    }
    await store.commit({ conditions: [], changes: [[bytes('a'), null]] })
    assert.equal(store.get(bytes('a')), undefined)
    assert.equal(
      await store.commit({ conditions: [], changes: [[bytes('a'), null]] }),
      6,
      'deleting nothing is a batch',
    )
  })

  test('what a caller passed in may be changed afterwards', async (context) => {
    const { store } = await open(context)
    const key = bytes('key')
    const value = bytes('value')
    await store.commit({ conditions: [], changes: [[key, value]] })
    key.fill(0x78)
    value.fill(0x78)
    assert.deepEqual(shown(store.range(EVERYTHING)), ['key=value'])
  })

  test('keys and values may be views of any bytes', async (context) => {
    const { store } = await open(context)
    const whole = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8])
    await store.commit({ conditions: [], changes: [[whole.subarray(2, 4), whole.subarray(4, 7)]] })
    assert.deepEqual([...(store.get(Uint8Array.from([3, 4])) ?? [])], [5, 6, 7])
  })
}

function testRanges(open: OpenStore): void {
  test('keys stand in the order of their bytes, a prefix before what it begins', async (context) => {
    const { store } = await open(context)
    const keys = [
      'a',
      'a\0',
      'a\0\0',
      'a\x01',
      'aa',
      'ab',
      'b',
      '\x01',
      '\x00\x01',
      '\x00',
      '\x7f',
      '\x80',
      '\xff',
      '\xffa',
    ]
    await store.commit(put(...keys.toReversed().map((key) => [key, '1'] as const)))
    const found = [...store.range(EVERYTHING)].map(({ key }) => key.toString('latin1'))
    assert.deepEqual(found, keys.toSorted())
  })

  test('ranges of any keys, both ways and with any limit, are what a sorted list gives', async (context) => {
    const { store, reopen } = await open(context)
    const other = await reopen()
    atEnd(context, () => other.close())
    const key = fc
      .array(fc.constantFrom(0, 1, 0x61, 0x7f, 0x80, 0xfe, 0xff), { minLength: 1, maxLength: 5 })
      .map((list) => Buffer.from(list).toString('latin1'))
    const model = new Map<string, string>()
    const step = fc.record({
      changes: fc.array(fc.tuple(key, fc.option(fc.string({ maxLength: 3 }))), { minLength: 1, maxLength: 12 }),
      from: key,
      to: key,
      limit: fc.option(fc.nat(6), { nil: undefined }),
      isReverse: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(step, async ({ changes, from, to, limit, isReverse }) => {
        await store.commit({
          conditions: [],
          changes: changes.map(([name, value]) => [bytes(name), value === null ? null : bytes(value)] as const),
        })
        for (const [name, value] of changes) {
          if (value === null) model.delete(name)
          else model.set(name, value)
        }
        const ascending = [...model.keys()].filter((name) => name >= from && name < to).toSorted()
        const ordered = isReverse ? ascending.toReversed() : ascending
        const wanted = ordered.slice(0, limit).map((name) => `${name}=${model.get(name) ?? ''}`)
        const range = { from: bytes(from), to: bytes(to) }
        const options = limit === undefined ? { isReverse } : { isReverse, limit }
        assert.deepEqual(shown(store.range(range, options)), wanted)
        const snapshot = store.snapshot()
        assert.deepEqual(shown(snapshot.range(range, options)), wanted)
        snapshot.close()
      }),
      { numRuns: 150, endOnFailure: true },
    )
    await until('the other handle sees the same', () =>
      shown(other.range(EVERYTHING)).join() === shown(store.range(EVERYTHING)).join() ? true : null,
    )
  })

  test('entries of a range stay what they were while later ones and other keys are read', async (context) => {
    const { store } = await open(context)
    const keys = Array.from({ length: 200 }, (_, index) => `key ${String(index).padStart(3, '0')}`)
    await store.commit(put(...keys.map((key) => [key, `value of ${key}`] as const)))
    const kept: Entry[] = []
    for (const entry of store.range(EVERYTHING)) {
      kept.push(entry)
      assert.equal(textAt(store, 'key 007'), 'value of key 007')
    }
    assert.deepEqual(
      shown(kept),
      keys.map((key) => `${key}=value of ${key}`),
    )
  })

  test('a range may be left before its end, and another begun within it', async (context) => {
    const { store } = await open(context)
    await store.commit(put(['a', '1'], ['b', '2'], ['c', '3']))
    const seen: string[] = []
    for (const outer of store.range(EVERYTHING)) {
      for (const inner of store.range(EVERYTHING, { isReverse: true })) {
        seen.push(`${outer.key.toString()}${inner.key.toString()}`)
        if (inner.key.equals(bytes('b'))) break
      }
      if (outer.key.equals(bytes('b'))) break
    }
    assert.deepEqual(seen, ['ac', 'ab', 'bc', 'bb'])
    assert.equal(await store.commit(put(['d', '4'])), 2)
  })
}

function testBatches(open: OpenStore): void {
  test('each batch raises the revision by one, whatever it holds', async (context) => {
    const { store } = await open(context)
    assert.equal(await store.commit(put(['a', '1'], ['b', '1'])), 1)
    assert.equal(await store.commit({ conditions: [], changes: [] }), 2)
    assert.equal(await store.commit({ conditions: [{ key: bytes('a'), value: bytes('2') }], changes: [] }), null)
    assert.equal(await store.commit(put(['a', '1'])), 3)
    assert.equal(store.revision(), 3)
  })

  test('of a key named twice in a batch the last value counts', async (context) => {
    const { store } = await open(context)
    const changes = [
      [bytes('a'), bytes('1')],
      [bytes('a'), null],
      [bytes('b'), null],
      [bytes('b'), bytes('2')],
    ] as const
    await store.commit({ conditions: [], changes })
    assert.deepEqual(shown(store.range(EVERYTHING)), ['b=2'])
  })

  test('a condition holds for the very value and for no other', async (context) => {
    const { store } = await open(context)
    await store.commit(put(['a', 'value'], ['empty', '']))
    const hold: readonly (readonly [key: string, value: string | null])[] = [
      ['a', 'value'],
      ['empty', ''],
      ['absent', null],
    ]
    const fail: readonly (readonly [key: string, value: string | null])[] = [
      ['a', 'valu'],
      ['a', 'value '],
      ['a', ''],
      ['a', null],
      ['empty', null],
      ['absent', ''],
    ]
    const revisions: (number | null)[] = []
    for (const [key, value] of [...hold, ...fail]) {
      const condition = { key: bytes(key), value: value === null ? null : bytes(value) }
      revisions.push(await store.commit({ conditions: [condition], changes: [[bytes('z'), bytes(key)]] }))
    }
    assert.deepEqual(revisions, [2, 3, 4, null, null, null, null, null, null])
  })

  test('when one condition of several does not hold, nothing is done', async (context) => {
    const { store } = await open(context)
    await store.commit(put(['a', '1'], ['b', '2']))
    const conditions = [
      { key: bytes('a'), value: bytes('1') },
      { key: bytes('c'), value: null },
      { key: bytes('b'), value: bytes('no') },
    ]
    const changes = [
      [bytes('a'), null],
      [bytes('c'), bytes('3')],
    ] as const
    assert.equal(await store.commit({ conditions, changes }), null)
    assert.deepEqual(shown(store.range(EVERYTHING)), ['a=1', 'b=2'])
    assert.equal(store.revision(), 1)
    assert.equal(await store.commit({ conditions: conditions.slice(0, 2), changes }), 2)
    assert.deepEqual(shown(store.range(EVERYTHING)), ['b=2', 'c=3'])
  })

  test('conditions look at what was before the batch, not at what it changes', async (context) => {
    const { store } = await open(context)
    const batch = { conditions: [{ key: bytes('a'), value: null }], changes: [[bytes('a'), bytes('1')]] as const }
    assert.equal(await store.commit(batch), 1)
    assert.equal(await store.commit(batch), null)
  })

  test('of many commits at once that compare the same value exactly one wins, each time', async (context) => {
    const { store, reopen } = await open(context)
    const other = await reopen()
    atEnd(context, () => other.close())
    await store.commit(put(['count', '0']))
    for (let round = 0; round < 10; round += 1) {
      const conditions = [{ key: bytes('count'), value: bytes(String(round)) }]
      const tries = Array.from({ length: WRITERS }, (_, index) =>
        (index % 2 === 0 ? store : other).commit({
          conditions,
          changes: [
            [bytes('count'), bytes(String(round + 1))],
            [bytes('winner'), bytes(String(index))],
          ],
        }),
      )
      const revisions = await Promise.all(tries)
      const won = revisions.flatMap((revision, index) => (revision === null ? [] : [{ revision, index }]))
      assert.deepEqual(
        won.map(({ revision }) => revision),
        [round + 2],
      )
      assert.equal(textAt(store, 'winner'), String(won[0]?.index))
    }
  })

  test('a loop of read, compare and set by several writers on two handles loses no step', async (context) => {
    const { store, reopen } = await open(context)
    const other = await reopen()
    atEnd(context, () => other.close())
    await store.commit(put(['count', '0']))
    const add = async (handle: Store): Promise<void> => {
      for (;;) {
        const before = textAt(handle, 'count') ?? ''
        const done = await handle.commit({
          conditions: [{ key: bytes('count'), value: bytes(before) }],
          changes: [[bytes('count'), bytes(String(Number(before) + 1))]],
        })
        if (done !== null) return
      }
    }
    await Promise.all(Array.from({ length: WRITERS }, (_, index) => add(index % 2 === 0 ? store : other)))
    store.refresh()
    assert.equal(textAt(store, 'count'), String(WRITERS))
    assert.equal(store.revision(), WRITERS + 1)
  })
}

function testSnapshots(open: OpenStore): void {
  test('a snapshot stays as it is while writes go on', async (context) => {
    const { store } = await open(context)
    await store.commit(put(['a', '1'], ['b', '2']))
    const snapshot = store.snapshot()
    const value = snapshot.get(bytes('a'))
    await store.commit({
      conditions: [],
      changes: [
        [bytes('a'), bytes('changed')],
        [bytes('b'), null],
        [bytes('c'), bytes('3')],
      ],
    })
    await new Promise(setImmediate)
    const later = store.snapshot()
    assert.deepEqual(shown(snapshot.range(EVERYTHING)), ['a=1', 'b=2'])
    assert.deepEqual(shown(snapshot.range(EVERYTHING, { isReverse: true, limit: 1 })), ['b=2'])
    assert.equal(textAt(snapshot, 'a'), '1')
    assert.equal(snapshot.get(bytes('c')), undefined)
    assert.deepEqual(shown(later.range(EVERYTHING)), ['a=changed', 'c=3'])
    snapshot.close()
    snapshot.close()
    assert.equal(textAt(later, 'c'), '3')
    later.close()
    assert.equal(value?.toString(), '1')
    assert.deepEqual(shown(store.range(EVERYTHING)), ['a=changed', 'c=3'])
  })

  test('a range of a snapshot that is read slowly does not see what is written meanwhile', async (context) => {
    const { store } = await open(context)
    const keys = Array.from({ length: 300 }, (_, index) => `k${1000 + index}`)
    await store.commit(put(...keys.map((key) => [key, 'old'] as const)))
    const snapshot = store.snapshot()
    const seen: string[] = []
    for (const { key, value } of snapshot.range(EVERYTHING)) {
      seen.push(`${key.toString()}=${value.toString()}`)
      if (seen.length % 50 !== 0) continue
      await store.commit(put(...keys.map((each) => [each, `new ${seen.length}`] as const), [`l${seen.length}`, 'new']))
      await new Promise(setImmediate)
    }
    snapshot.close()
    assert.deepEqual(
      seen,
      keys.map((key) => `${key}=old`),
    )
  })

  test('a snapshot begins with all that was committed before it, by this handle', async (context) => {
    const { store } = await open(context)
    for (let round = 1; round <= 20; round += 1) {
      assert.equal(textAt(store, 'a'), round === 1 ? undefined : String(round - 1))
      await store.commit(put(['a', String(round)]))
      const snapshot = store.snapshot()
      assert.equal(textAt(snapshot, 'a'), String(round))
      snapshot.close()
    }
  })
}

/** What a watcher was told, until it has heard of a revision. */
function listen(context: TestContext, store: Store, after: number): { seen: StoreChange[]; stop: () => void } {
  const seen: StoreChange[] = []
  const watch = store.watch(after, (change) => seen.push(change))
  atEnd(context, watch.stop)
  return { seen, stop: watch.stop }
}

const heard = async (seen: readonly StoreChange[], revision: number): Promise<void> => {
  await until(`revision ${revision} is told`, () => (seen.at(-1)?.revision === revision ? true : null))
}

const told = (seen: readonly StoreChange[]): string[] =>
  seen.map(({ revision, keys }) => `${revision}: ${keys?.map((key) => key.toString('latin1')).join(' ') ?? 'many'}`)

function testWatches(open: OpenStore): void {
  test('a watch tells of every batch after its revision, in order and each once, with its keys', async (context) => {
    const { store } = await open(context)
    await store.commit(put(['a', '1']))
    await store.commit(put(['b', '1'], ['c', '1']))
    const fromStart = listen(context, store, 0)
    const fromOne = listen(context, store, 1)
    const fromNow = listen(context, store, 2)
    await store.commit({ conditions: [], changes: [[bytes('a'), null]] })
    await store.commit({ conditions: [{ key: bytes('a'), value: bytes('no') }], changes: [[bytes('x'), null]] })
    await store.commit({ conditions: [], changes: [] })
    await Promise.all([heard(fromStart.seen, 4), heard(fromOne.seen, 4), heard(fromNow.seen, 4)])
    assert.deepEqual(told(fromStart.seen), ['1: a', '2: b c', '3: a', '4: '])
    assert.deepEqual(told(fromOne.seen), ['2: b c', '3: a', '4: '])
    assert.deepEqual(told(fromNow.seen), ['3: a', '4: '])
  })

  test('a watch hears of what another handle of the same store does', async (context) => {
    const { store, reopen } = await open(context)
    const other = await reopen()
    atEnd(context, () => other.close())
    const { seen } = listen(context, store, 0)
    for (let round = 1; round <= 40; round += 1) await (round % 2 === 0 ? store : other).commit(put([`k${round}`, '1']))
    await heard(seen, 40)
    assert.deepEqual(
      told(seen),
      Array.from({ length: 40 }, (_, index) => `${index + 1}: k${index + 1}`),
    )
    assert.equal(textAt(store, 'k39'), '1', 'what a watch has told of can be read')
  })

  test('what a watch has told of can be read at once', async (context) => {
    const { store, reopen } = await open(context)
    const other = await reopen()
    atEnd(context, () => other.close())
    const missing: string[] = []
    const seen: StoreChange[] = []
    const watch = store.watch(0, (change) => {
      for (const key of change.keys ?? []) if (store.get(key) === undefined) missing.push(key.toString())
      if (store.revision() < change.revision) missing.push(`revision ${change.revision}`)
      seen.push(change)
    })
    atEnd(context, watch.stop)
    for (let round = 1; round <= 30; round += 1) {
      assert.equal(store.get(bytes('nothing')), undefined)
      await other.commit(put([`k${round}`, '1']))
      if (round % 7 === 0) await new Promise(setImmediate)
    }
    await heard(seen, 30)
    assert.deepEqual(missing, [])
  })

  test('a listener that writes hears of its own batch, once', async (context) => {
    const { store } = await open(context)
    const seen: StoreChange[] = []
    const writes: Promise<number | null>[] = []
    const watch = store.watch(0, (change) => {
      seen.push(change)
      if (change.revision <= 5) writes.push(store.commit(put(['again', '1'])))
    })
    atEnd(context, watch.stop)
    await store.commit(put(['first', '1']))
    await heard(seen, 6)
    assert.deepEqual(await Promise.all(writes), [2, 3, 4, 5, 6])
    assert.deepEqual(
      seen.map(({ revision }) => revision),
      [1, 2, 3, 4, 5, 6],
    )
  })

  test('a watch that is stopped, even by its own listener, tells of nothing more', async (context) => {
    const { store } = await open(context)
    const seen: StoreChange[] = []
    const watch = store.watch(0, (change) => {
      seen.push(change)
      if (change.revision === 2) watch.stop()
    })
    const other = listen(context, store, 0)
    for (let round = 1; round <= 4; round += 1) await store.commit(put(['a', String(round)]))
    await heard(other.seen, 4)
    other.stop()
    other.stop()
    const last = listen(context, store, 4)
    await store.commit(put(['a', '5']))
    await heard(last.seen, 5)
    assert.deepEqual(told(seen), ['1: a', '2: a'])
    assert.equal(other.seen.length, 4)
  })

  test('of a batch with very many keys a watch is told no keys', async (context) => {
    const { store } = await open(context)
    const { seen } = listen(context, store, 0)
    const changes = Array.from({ length: 5000 }, (_, index) => [bytes(`k${index}`), bytes('1')] as const)
    await store.commit({ conditions: [], changes })
    await store.commit(put(['a', '1']))
    await heard(seen, 2)
    assert.deepEqual(told(seen), ['1: many', '2: a'])
  })

  test('a watch from a revision that is no longer known is refused', async (context) => {
    const { store, forget } = await open(context)
    for (let round = 1; round <= 6; round += 1) await store.commit(put(['a', String(round)]))
    await forget(3)
    for (const after of [0, 2])
      assert.throws(() => store.watch(after, () => assert.fail('it tells')), { code: 'ERR_PORTOLAN_STORE_COMPACTED' })
    const { seen } = listen(context, store, 3)
    await heard(seen, 6)
    assert.deepEqual(told(seen), ['4: a', '5: a', '6: a'])
  })

  test('a watcher that has fallen behind what is known is told each revision without its keys', async (context) => {
    const { store, forget } = await open(context)
    const { seen } = listen(context, store, 0)
    for (let round = 1; round <= 5; round += 1) await store.commit(put(['a', String(round)]))
    // No turn of the event loop has passed yet in which the watcher could have looked.
    await forget(3)
    await heard(seen, 5)
    assert.deepEqual(
      seen.map(({ revision }) => revision),
      [1, 2, 3, 4, 5],
    )
    assert.deepEqual(told(seen).slice(3), ['4: a', '5: a'])
  })
}

function testReopening(open: OpenStore): void {
  test('a store that is closed and opened again has all of it', async (context) => {
    const { store, reopen } = await open(context)
    await store.commit(put(['a', '1'], ['b', '']))
    await store.commit({ conditions: [], changes: [[bytes('large'), Buffer.alloc(LARGE_BYTES, 3)]] })
    await store.close()
    const again = await reopen()
    atEnd(context, () => again.close())
    assert.equal(again.revision(), 2)
    assert.equal(textAt(again, 'a'), '1')
    assert.equal(textAt(again, 'b'), '')
    assert.ok(again.get(bytes('large'))?.equals(Buffer.alloc(LARGE_BYTES, 3)))
    assert.equal(await again.commit(put(['c', '1'])), 3)
    const { seen } = listen(context, again, 0)
    await heard(seen, 3)
    assert.deepEqual(told(seen), ['1: a b', '2: large', '3: c'])
  })

  test('closing a store ends its watches, and may be done twice', async (context) => {
    const { store, reopen } = await open(context)
    const seen: StoreChange[] = []
    store.watch(0, (change) => seen.push(change))
    await store.commit(put(['a', '1']))
    await store.close()
    await store.close()
    const again = await reopen()
    atEnd(context, () => again.close())
    await again.commit(put(['b', '1']))
    const other = listen(context, again, 0)
    await heard(other.seen, 2)
    assert.ok(seen.every(({ revision }) => revision <= 1))
  })

  test('another handle sees a batch at once when it is told to look', async (context) => {
    const { store, reopen } = await open(context)
    const other = await reopen()
    atEnd(context, () => other.close())
    for (let round = 1; round <= 10; round += 1) {
      assert.notEqual(textAt(other, 'a'), String(round))
      await store.commit(put(['a', String(round)]))
      other.refresh()
      assert.equal(textAt(other, 'a'), String(round))
    }
  })

  test('another handle sees a batch soon after it is done', async (context) => {
    const { store, reopen } = await open(context)
    const other = await reopen()
    atEnd(context, () => other.close())
    for (let round = 1; round <= 5; round += 1) {
      await store.commit(put(['a', String(round)]))
      await until('the other handle sees it', () => (textAt(other, 'a') === String(round) ? true : null))
      assert.equal(other.revision(), round)
    }
  })
}
