import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readTarget } from './target.ts'

const HOST = '127.0.0.1:9730'

test('ordinary addresses come through as they are', () => {
  for (const target of [
    '/',
    '/ports/973',
    '/bn/ports/973?x=//y/../z',
    '/search?q=%2f..%00',
    '/directory/local/services/a%2Fb',
  ])
    assert.deepEqual(readTarget(target, HOST), { kind: 'good', target })
})

test('a whole address must name the same host, and then counts as its path', () => {
  assert.deepEqual(readTarget(`http://${HOST}/ports/973`, HOST), { kind: 'good', target: '/ports/973' })
  assert.deepEqual(readTarget(`HTTP://${HOST}?q=1`, HOST), { kind: 'good', target: '/?q=1' })
  assert.equal(readTarget('http://evil.example/ports/973', HOST).kind, 'bad')
})

test('what comes through is what a browser would make of it: no dots, no second spelling', () => {
  const part = fc.constantFrom(
    '.',
    '..',
    '%2e',
    '%2E.',
    '%2f',
    '%5c',
    '\\',
    '',
    'ports',
    '973',
    '%00',
    'a b',
    '%c3%a9',
    'bn',
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const text = `/${parts.join('/')}`
      const read = readTarget(text, HOST)
      if (read.kind === 'bad') return true
      return new URL(`http://${HOST}${read.target}`).pathname === read.target && !/%00|%2f/i.test(read.target)
    }),
  )
})

test('any text at all is good or bad, and a good one begins with one slash', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, host) => {
      const read = readTarget(text, host)
      return read.kind === 'bad' || /^\/(?!\/)/.test(read.target)
    }),
  )
})

test('a long path is told so', () => {
  for (const target of [`/${'a'.repeat(2048)}`, `/?${'a'.repeat(8192)}`]) {
    const read = readTarget(target, HOST)
    assert.equal(read.kind === 'bad' && read.status, 414)
  }
})
