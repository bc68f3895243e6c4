import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makePortSet } from '../../probe/index.ts'
import type { HostSet, ProbeJob } from '../../probe/index.ts'
import type { Context } from '../command.ts'
import { makeStyle } from '../style.ts'
import { isAllowed, plannedSentences } from './manners.ts'
import { DEFAULT_PACES, groundOf } from './pace.ts'

function hostsOf(...addresses: readonly string[]): HostSet {
  return {
    size: addresses.length,
    at: (index) => {
      const address = addresses[index]
      if (address === undefined) throw new RangeError(`there is no host ${index}`)
      return { address, family: address.includes(':') ? 6 : 4, name: index === 0 ? 'one.example' : null }
    },
  }
}

function jobOf(hosts: HostSet, change: Partial<ProbeJob> = {}): ProbeJob {
  return {
    hosts,
    tcpPorts: makePortSet([22, 80, 443]),
    udpPorts: makePortSet([]),
    pace: DEFAULT_PACES.outside,
    seed: 1,
    answered: null,
    engine: null,
    ...change,
  }
}

interface Terminal {
  readonly context: Context
  readonly said: () => string
}

function terminalWith(answer: string | null, isTerminal = true): Terminal {
  let said = ''
  const fail = (): never => assert.fail('not to be used here')
  const context: Context = {
    out: fail,
    err: (text) => (said += text),
    env: {},
    style: makeStyle({ colour: false, columns: 80 }),
    isOutTerminal: isTerminal,
    isInTerminal: () => Promise.resolve(isTerminal),
    readInput: fail,
    readInputBytes: fail,
    ask: (question) => {
      said += question
      return Promise.resolve(answer)
    },
    askSecret: fail,
    signal: new AbortController().signal,
  }
  return { context, said: () => said.replace(/\s+/g, ' ') }
}

const hosts = hostsOf('192.0.2.1', '192.0.2.2')

test('what will be sent is said: to whom, which ports, how much, how fast, how long', () => {
  assert.deepEqual(plannedSentences({ job: jobOf(hosts), outside: hosts, isFinding: false }, true), [
    "This goes beyond this machine's own networks: one.example (192.0.2.1), 192.0.2.2.",
    'Ports: 3 TCP (22,80,443) of 2 hosts.',
    'Sent: from 6 to 18 connections, at most 100 a second: under a second.',
    'Of each open port it is then asked what it is (--banners).',
    'Probe only what is yours, or what its owner lets you probe: elsewhere it may be taken for an attack, or be against the law.',
  ])
})

test('many hosts and ports are told in short, with the time that they take', () => {
  const many: HostSet = { size: 256, at: (index) => ({ address: `192.0.2.${index}`, family: 4, name: null }) }
  const ports = makePortSet(Array.from({ length: 1000 }, (_, index) => 2 * index + 1))
  const job = jobOf(many, { tcpPorts: ports, udpPorts: makePortSet([53]) })
  const [where = '', what = '', sent] = plannedSentences({ job, outside: many, isFinding: false }, false)
  assert.match(where, /: 256 addresses, from 192\.0\.2\.0 to 192\.0\.2\.255\.$/)
  assert.match(what, /^Ports: 1,000 TCP \(1,3,5[\d,]*…\) and 1 UDP \(53\) of 256 hosts\.$/)
  assert.equal(
    sent,
    'Sent: from 256,256 to 768,768 connections and datagrams, at most 100 a second: 43 min, or up to 2 h 8 min where nothing answers.',
  )
})

test('where hosts are looked for first, that is said, and counted', () => {
  const many: HostSet = { size: 256, at: (index) => ({ address: `192.0.2.${index}`, family: 4, name: null }) }
  const job = jobOf(many, { tcpPorts: makePortSet(Array.from({ length: 1000 }, (_, index) => index + 1)) })
  const [, , sent, first] = plannedSentences({ job, outside: many, isFinding: true }, false)
  assert.match(sent ?? '', /^Sent: from 2,048 to 770,048 connections, at most 100 a second: 20 s, or up to/)
  assert.match(first ?? '', /^First TCP ports 22, 53, .* of every host: those that answer there are probed further/)
})

test('only yes lets it go on', async () => {
  for (const [answer, isYes] of [
    ['y', true],
    [' YES ', true],
    ['n', false],
    ['', false],
    ['yesterday', false],
    [null, false],
  ] as const) {
    const { context, said } = terminalWith(answer)
    assert.equal(
      await isAllowed({ job: jobOf(hosts), outside: hosts, isFinding: false }, false, context),
      isYes,
      String(answer),
    )
    assert.match(said(), /one\.example \(192\.0\.2\.1\).*\[y\/N\] $/)
  }
})

test('where there is no one to ask, nothing is sent, and what would let it is said', async () => {
  const { context, said } = terminalWith('y', false)
  await assert.rejects(isAllowed({ job: jobOf(hosts), outside: hosts, isFinding: false }, false, context), {
    code: 'ERR_PORTOLAN_USAGE',
    hint: 'Say --yes if you may probe these hosts.',
  })
  assert.match(said(), /Sent: from 6 to 18 connections/)
  assert.doesNotMatch(said(), /\[y\/N\]/)
})

test('the pace is that of the furthest target', () => {
  const none = hostsOf()
  assert.equal(groundOf(hostsOf('127.0.0.1', '127.8.8.8', '::1'), none), 'here')
  assert.equal(groundOf(hostsOf('127.0.0.1', '10.255.255.254'), none), 'own')
  assert.equal(groundOf(hosts, hostsOf('192.0.2.2')), 'outside')
  const many: HostSet = { size: 2 ** 24, at: () => assert.fail('not gone through') }
  assert.equal(groundOf(many, none), 'own')
})
