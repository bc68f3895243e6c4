import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LIMITS, PortolanError } from '../core/index.ts'
import { formatIpv4 } from './addresses.ts'
import { readTargetList } from './target-list.ts'
import { resolveTargets } from './targets.ts'
import type { Resolver, TargetOptions, Targets } from './targets.ts'
import type { HostSet } from './targets-model.ts'

/** The words of a command line; those of `exclude` stand in a file. */
function resolve(words: string, exclude = '', options: TargetOptions = {}): Promise<Targets> {
  const given = words.split(' ').map((word) => ({ word, place: null }))
  return resolveTargets(given, { ...options, exclude: readTargetList(exclude, 'spared.txt') })
}

async function addressesOf(words: string, exclude = '', options: TargetOptions = {}): Promise<readonly string[]> {
  const { hosts } = await resolve(words, exclude, options)
  return all(hosts)
}

function all(hosts: HostSet): readonly string[] {
  return Array.from({ length: hosts.size }, (_, index) => hosts.at(index).address)
}

const zoneFile: Resolver = (name, family) => {
  const addresses = { 'two.example': ['192.0.2.9', '2001:db8::9', '192.0.2.8'], 'six.example': ['2001:db8::6'] }[name]
  if (addresses === undefined) return Promise.reject(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }))
  return Promise.resolve(addresses.filter((each) => family === null || each.includes(':') === (family === 6)))
}

test('each form of a target gives its addresses', async () => {
  assert.deepEqual(await addressesOf('192.0.2.7'), ['192.0.2.7'])
  assert.deepEqual(await addressesOf('192.0.2.7/30'), ['192.0.2.4', '192.0.2.5', '192.0.2.6', '192.0.2.7'])
  assert.deepEqual(await addressesOf('192.0.2.254-192.0.3.1'), ['192.0.2.254', '192.0.2.255', '192.0.3.0', '192.0.3.1'])
  assert.deepEqual(await addressesOf('192.0.2.1-3'), ['192.0.2.1', '192.0.2.2', '192.0.2.3'])
  assert.deepEqual(await addressesOf('10.0.0,2.-1,254-'), [
    '10.0.0.0',
    '10.0.0.1',
    '10.0.0.254',
    '10.0.0.255',
    '10.0.2.0',
    '10.0.2.1',
    '10.0.2.254',
    '10.0.2.255',
  ])
  assert.deepEqual(await addressesOf('2001:db8::ffff-2001:db8::1:1'), [
    '2001:db8::ffff',
    '2001:db8::1:0',
    '2001:db8::1:1',
  ])
  assert.deepEqual(await addressesOf('fe80::2%br-lan/127 [::1]'), ['::1', 'fe80::2%br-lan', 'fe80::3%br-lan'])
  assert.deepEqual(await addressesOf('fe80::1%en0-fe80::2'), ['fe80::1%en0', 'fe80::2%en0'])
})

test('stars and dashes stand for all numbers', async () => {
  assert.equal((await resolve('10.0.*.*')).hosts.size, 65_536)
  assert.equal((await resolve('10.*.0.*')).hosts.size, 65_536)
  assert.equal((await resolve('10.-.0.1-2')).hosts.size, 512)
})

test('no address comes twice, and IPv4 stands before IPv6', async () => {
  assert.deepEqual(await addressesOf('2001:db8::1 192.0.2.2 192.0.2.0/30 192.0.2.1-5 ::ffff:192.0.2.5 2001:db8::1'), [
    '192.0.2.0',
    '192.0.2.1',
    '192.0.2.2',
    '192.0.2.3',
    '192.0.2.4',
    '192.0.2.5',
    '2001:db8::1',
  ])
})

test('whatever is named and excluded, the hosts are just those left, in order', async () => {
  const base = 0xc000_0200
  const word = fc.oneof(
    fc.nat(63).map((at) => formatIpv4(base + at)),
    fc.tuple(fc.nat(63), fc.integer({ min: 26, max: 32 })).map(([at, prefix]) => `${formatIpv4(base + at)}/${prefix}`),
    fc.tuple(fc.nat(31), fc.nat(31)).map(([at, more]) => `${formatIpv4(base + at)}-${formatIpv4(base + at + more)}`),
    fc.tuple(fc.nat(31), fc.nat(31)).map(([at, more]) => `192.0.2.${at}-${at + more}`),
  )
  const expand = (text: string): readonly number[] => {
    const [, last = '', prefix, to] = /^192\.0\.2\.(\d+)(?:\/(\d+)|-(?:192\.0\.2\.)?(\d+))?$/.exec(text) ?? []
    const first = Number(last)
    const size = prefix === undefined ? Number(to ?? last) - first + 1 : 2 ** (32 - Number(prefix))
    const from = prefix === undefined ? first : first - (first % size)
    return Array.from({ length: size }, (_, at) => from + at)
  }
  const words = fc.array(word, { minLength: 1, maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(words, fc.array(word, { maxLength: 4 }), async (named, spared) => {
      const gone = new Set(spared.flatMap(expand))
      const left = [...new Set(named.flatMap(expand))].filter((each) => !gone.has(each)).toSorted((a, b) => a - b)
      assert.deepEqual(
        await addressesOf(named.join(' '), spared.join(' ')),
        left.map((each) => `192.0.2.${each}`),
      )
    }),
  )
})

test('a network of millions takes as much memory as an address', async () => {
  const { hosts } = await resolve('10.0.0.0/8 fe80::%eth0/100', '10.0.0.0 10.1.0.0/16')
  assert.equal(hosts.size, 2 ** 24 - 1 - 65_536 + 2 ** 28)
  assert.equal(hosts.at(0).address, '10.0.0.1')
  assert.equal(hosts.at(65_535).address, '10.2.0.0')
  assert.deepEqual(hosts.at(hosts.size - 1), { address: 'fe80::fff:ffff%eth0', family: 6, name: null })
  for (const index of [-1, hosts.size, 0.5, Number.NaN]) assert.throws(() => hosts.at(index), RangeError)
})

test('an exclusion without a zone holds in every zone', async () => {
  const words = 'fe80::1%en0 fe80::2%en0 fe80::1%en1 fe80::2%en1'
  assert.deepEqual(await addressesOf(words, 'fe80::1'), ['fe80::2%en0', 'fe80::2%en1'])
  assert.deepEqual(await addressesOf(words, 'fe80::1%en1'), ['fe80::1%en0', 'fe80::2%en0', 'fe80::2%en1'])
})

test('of a name the first address is probed, or all, or those of one family', async () => {
  const options = { resolve: zoneFile }
  assert.deepEqual(await addressesOf('two.example', '', options), ['192.0.2.9'])
  assert.deepEqual(await addressesOf('two.example', '', { ...options, family: 6 }), ['2001:db8::9'])
  const { hosts } = await resolve('two.example 192.0.2.8', '', { ...options, allAddresses: true })
  assert.deepEqual(all(hosts), ['192.0.2.8', '192.0.2.9', '2001:db8::9'])
  assert.deepEqual(hosts.at(2), { address: '2001:db8::9', family: 6, name: 'two.example' })
  assert.deepEqual(hosts.at(0).name, 'two.example')
})

test("the system's own resolver knows localhost", async () => {
  const { hosts } = await resolve('localhost', '', { family: 4 })
  assert.deepEqual(hosts.at(0), { address: '127.0.0.1', family: 4, name: 'localhost' })
})

test('a name without an address is told, and the others go on', async () => {
  const { hosts, unresolved } = await resolve('none.example two.example six.example', '', {
    resolve: zoneFile,
    family: 4,
  })
  assert.deepEqual(all(hosts), ['192.0.2.9'])
  assert.deepEqual(
    unresolved.map(({ code, message, exit }) => [code, message, exit]),
    [
      ['ERR_PORTOLAN_NAME_UNRESOLVED', 'none.example has no address of IPv4: ENOTFOUND', 3],
      ['ERR_PORTOLAN_NAME_UNRESOLVED', 'six.example has no address of IPv4: the answer is empty', 3],
    ],
  )
})

test('a name that is to be excluded is excluded with all its addresses, and must resolve', async () => {
  const options = { resolve: zoneFile }
  assert.deepEqual(await addressesOf('192.0.2.8-9', 'two.example', options), [])
  await assert.rejects(resolve('192.0.2.8', '192.0.2.1\nnone.example', options), {
    code: 'ERR_PORTOLAN_NAME_UNRESOLVED',
    message: 'spared.txt:2: none.example has no address: ENOTFOUND',
  })
})

test('an address of the family that was not asked for is an error', async () => {
  await assert.rejects(resolve('::1', '', { family: 4 }), { message: '::1 is IPv6, and only IPv4 was asked for' })
  await assert.rejects(resolve('10.0.0.0/8', '', { family: 6 }), { code: 'ERR_PORTOLAN_TARGET_INVALID' })
})

test('a wrong word is named, with what is wrong and what to do', async () => {
  const cases: readonly (readonly [string, RegExp, RegExp])[] = [
    ['10.0.0', /^10\.0\.0 is no IPv4 address: that has four numbers$/, /a network/],
    ['10.0.0.256', /has 256: a number of an address ends at 255/, /address/],
    ['10.0.0.', /empty number/, /address/],
    ['10.0.0.9-1', /has 9-1, which ends before it begins/, /lower/],
    ['10.0.0.9-10.0.0.1', /ends before it begins/, /lower/],
    ['10.0.0.0/33', /wrong prefix length/, /0 to 32/],
    ['10.0.0.0/', /wrong prefix length/, /0 to 32/],
    ['10.0.0/24', /no address before it/, /address/],
    ['2001:db8::/129', /wrong prefix length/, /0 to 128/],
    ['2001:db8::2-2001:db8::1', /ends before it begins/, /lower/],
    ['fe80::1%a-fe80::2%b', /one zone and ends in another/, /address/],
    ['192.0.2.1,192.0.2.2', /four numbers/, /space between targets/],
    ['https://host.example/', /is no target/, /scheme/],
    ['host.example:80', /is no target/, /-p/],
    ['[2001:db8::1]:80', /is no target/, /-p/],
    ['host.example/24', /is no target/, /prefix length/],
    ['--rate', /is no target/, /option/],
    ['-4', /four numbers/, /address/],
    ['a..example', /is no target/, /name/],
    ['host.1234', /is no target/, /address/],
    ['\u001b[31mred', /^\\x1b\[31mred is no target$/, /name/],
    ['x'.repeat(5000), /^x{100}… is no target$/, /name/],
  ]
  for (const [word, message, hint] of cases) {
    await assert.rejects(resolve(word), (error) => {
      assert.ok(error instanceof PortolanError, word)
      assert.equal(error.code, 'ERR_PORTOLAN_TARGET_INVALID', word)
      assert.match(error.message, message)
      assert.match(error.hint ?? '', hint, word)
      return true
    })
  }
})

test('a wrong word of a list is named with its line', async () => {
  const words = readTargetList('# hosts\n10.0.0.1 10.0.0.2\r\n\n  wrong..name # here\n', 'hosts.txt')
  assert.deepEqual(
    words.map(({ word, place }) => [word, place]),
    [
      ['10.0.0.1', 'hosts.txt:2'],
      ['10.0.0.2', 'hosts.txt:2'],
      ['wrong..name', 'hosts.txt:4'],
    ],
  )
  await assert.rejects(resolveTargets(words), { message: 'hosts.txt:4: wrong..name is no target' })
})

test('more hosts, ranges or words than the limits are refused before they are made', async () => {
  const tooMany = { code: 'ERR_PORTOLAN_TARGETS_TOO_MANY' }
  assert.equal((await resolve('0.0.0.0/0')).hosts.size, 2 ** 32)
  await assert.rejects(resolve('0.0.0.0/0 ::1'), tooMany)
  await assert.rejects(resolve('::/0'), tooMany)
  await assert.rejects(resolve('*.*.*.1'), tooMany)
  await assert.rejects(resolve(Array.from({ length: 17 }, (_, at) => `${at}.*.*.0`).join(' ')), tooMany)
  assert.throws(() => readTargetList('a '.repeat(LIMITS.targetWords + 1), 'x'), tooMany)
  assert.throws(() => readTargetList(' '.repeat(LIMITS.targetListChars + 1), 'x'), tooMany)
})

test('any words give hosts, or an error of ours', async () => {
  const unit = fc.constantFrom(...'0129.,-*/:%[]abz# \n\u001bé'.split(''))
  await fc.assert(
    fc.asyncProperty(fc.string({ unit, maxLength: 40 }), async (text) => {
      try {
        const { hosts } = await resolveTargets(readTargetList(text, 'f'), { resolve: zoneFile })
        if (hosts.size > 0) hosts.at(hosts.size - 1)
      } catch (error) {
        assert.ok(error instanceof PortolanError, String(error))
      }
    }),
    { numRuns: 2000 },
  )
})

test('a signal ends the asking for names', async () => {
  await assert.rejects(resolve('two.example', '', { resolve: zoneFile, signal: AbortSignal.abort() }), {
    name: 'AbortError',
  })
})

test('what lies outside of private networks and those of this machine is told', async () => {
  const { outside } = await resolve('9.255.255.254-10.0.0.1 127.0.0.1 172.31.255.255-172.32.0.0 fe80::1%x')
  assert.deepEqual(all(outside), ['9.255.255.254', '9.255.255.255', '172.32.0.0'])
})
