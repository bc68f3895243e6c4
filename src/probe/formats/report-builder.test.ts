import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LIMITS } from '../../core/index.ts'
import type { ReportedPort } from '../model.ts'
import { FormatError } from './format-error.ts'
import { ReportBuilder, boundedText } from './report-builder.ts'

function port(number: number, more: Partial<ReportedPort> = {}): ReportedPort {
  return { port: number, transport: 'tcp', state: 'open', reason: 'syn-ack', rttMs: null, banner: null, ...more }
}

describe('a report that is put together', () => {
  test('has one host for all forms of its address, and its ports in order', () => {
    const builder = new ReportBuilder()
    builder.host('2001:DB8:0::1')?.addPort(port(80))
    builder.host('2001:db8::1')?.addPort(port(22))
    builder.host('2001:db8::1')?.addPort(port(9, { transport: 'udp' }))
    const hosts = builder.build()
    assert.deepEqual(
      hosts.map(({ address, isUp, ports }) => [address, isUp, ports.map((each) => each.port)]),
      [['2001:db8::1', true, [22, 80, 9]]],
    )
    assert.equal(builder.host('example.org'), null)
    assert.equal(builder.host('fe80::1%a b'), null)
  })

  test('keeps what was measured, and the later word before the earlier', () => {
    const builder = new ReportBuilder()
    const host = builder.host('192.0.2.1')
    host?.addPort(port(1, { state: 'closed', reason: 'reset' }))
    host?.addPort(port(1))
    host?.addPort(port(1, { state: 'unmeasured', reason: 'cancelled' }))
    assert.deepEqual(builder.build()[0]?.ports, [port(1)])
  })

  test('has no more hosts, ports and names than a report may have', () => {
    const tooLarge = (error: unknown): boolean => error instanceof FormatError && error.kind === 'too-large'
    const builder = new ReportBuilder(2, 2)
    const host = builder.host('192.0.2.1')
    builder.host('192.0.2.2')
    builder.host('192.0.2.1')
    assert.throws(() => builder.host('192.0.2.3'), tooLarge)
    host?.addPort(port(1))
    host?.addPort(port(2))
    host?.addPort(port(2))
    assert.throws(() => host?.addPort(port(3)), tooLarge)
    for (let at = 0; at < 100; at += 1) host?.addName(`name-${at}`)
    host?.addName('name-0')
    assert.equal(builder.build()[0]?.names.length, LIMITS.reportNames)
  })

  test('has texts that are printable and short, however often they are read', () => {
    const text = boundedText('\u001b'.repeat(10_000))
    assert.equal(text.length, LIMITS.reportTextChars)
    assert.equal(boundedText(text), text)
  })
})
