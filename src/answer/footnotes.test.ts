import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Footnotes } from './footnotes.ts'
import type { Citation } from './port-report.ts'

function source(name: string, seen = true): Citation {
  return { title: name, publisher: 'someone', url: `https://example.org/${name}`, date: null, seen }
}

test('sources are numbered in the order in which they are first named, each once', () => {
  const notes = new Footnotes(false)
  assert.equal(notes.mark([source('a')]), ' [1]')
  assert.equal(notes.mark([source('b')]), ' [2]')
  assert.equal(notes.mark([source('a')]), ' [1]')
  assert.deepEqual(
    [...notes.entries()].map(({ number, citation }) => [number, citation.title]),
    [
      [1, 'a'],
      [2, 'b'],
    ],
  )
})

test('a source that was read is preferred to one that was not', () => {
  const notes = new Footnotes(false)
  assert.equal(notes.mark([source('hearsay', false), source('read')]), ' [1]')
  assert.deepEqual(
    [...notes.entries()].map(({ citation }) => citation.title),
    ['read'],
  )
})

test('a statement of which no source was read is marked as unverified', () => {
  assert.equal(new Footnotes(false).mark([source('hearsay', false)]), ' [1, unverified]')
  assert.equal(new Footnotes(true).mark([source('a', false), source('b', false)]), ' [1, 2, unverified]')
})

test('with all, every source of a statement is named', () => {
  const notes = new Footnotes(true)
  assert.equal(notes.mark([source('a', false), source('b')]), ' [1, 2]')
  assert.equal(notes.mark([source('b'), source('b')]), ' [2]')
})

test('one that was read under one statement may be unread under another', () => {
  const notes = new Footnotes(false)
  assert.equal(notes.mark([source('a')]), ' [1]')
  assert.equal(notes.mark([source('a', false)]), ' [1, unverified]')
})

test('no source, no mark', () => {
  const notes = new Footnotes(true)
  assert.equal(notes.mark([]), '')
  assert.deepEqual([...notes.entries()], [])
})
