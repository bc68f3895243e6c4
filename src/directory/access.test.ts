import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requireDirectoryAccess, requirePropertyAccess } from './access.ts'
import type { Properties } from './model.ts'
import type { Caller } from './operation.ts'
import { DirectoryError, STATUS } from './status.ts'

const ROOT: Caller = { kind: 'superuser', name: 'root', from: 'test' }
const PIA: Caller = { kind: 'user', name: 'pia', from: 'test' }
const NOBODY: Caller = { kind: 'anonymous', name: 'pia', from: 'test' }

/** The status of a check: OK when it lets pass. */
function statusOf(check: () => void): number {
  try {
    check()
    return STATUS.OK
  } catch (error) {
    if (error instanceof DirectoryError) return error.status
    throw error
  }
}

function access(properties: Properties, caller: Caller): { all: number; whole: number; value: number } {
  return {
    all: statusOf(() => requireDirectoryAccess(properties, caller)),
    whole: statusOf(() => requirePropertyAccess(properties, 'passwd', caller, true)),
    value: statusOf(() => requirePropertyAccess(properties, 'passwd', caller, false)),
  }
}

function list(name: string, ...values: string[]): Properties {
  return [{ name, values }]
}

const { OK, PERM, RDONLY } = STATUS
const ALL = { all: OK, whole: OK, value: OK }
const NONE = { all: PERM, whole: PERM, value: PERM }

test('without a list only the superuser may write', () => {
  for (const properties of [[], list('_writers'), list('_writers_passwd'), list('writers', 'pia', '*')]) {
    assert.deepEqual(access(properties, ROOT), ALL)
    assert.deepEqual(access(properties, PIA), NONE)
    assert.deepEqual(access(properties, NOBODY), NONE)
  }
})

test('a list lets the users that it names pass, exactly, and nobody of no name', () => {
  assert.deepEqual(access(list('_writers', 'kim', 'pia'), PIA), ALL)
  assert.deepEqual(access(list('_writers', 'kim', 'pia'), NOBODY), NONE)
  for (const other of ['Pia', 'pia ', 'pi', 'piaa', ''])
    assert.deepEqual(access(list('_writers', other), PIA), NONE, other)
})

test('a star lets everybody pass, even who has no name', () => {
  assert.deepEqual(access(list('_writers', 'kim', '*'), PIA), ALL)
  assert.deepEqual(access(list('_writers', '*'), NOBODY), ALL)
  assert.deepEqual(access(list('_writers', 'p*'), PIA), NONE)
})

test('the list of a property lets write the values of that property alone', () => {
  assert.deepEqual(access(list('_writers_passwd', 'pia'), PIA), { all: PERM, whole: OK, value: OK })
  assert.deepEqual(access(list('_writers_name', 'pia'), PIA), NONE)
  assert.deepEqual(access(list('_writers_passwd', '*'), NOBODY), { all: PERM, whole: OK, value: OK })
})

test('only the first list of a name counts', () => {
  assert.deepEqual(access([...list('_writers', 'kim'), ...list('_writers', 'pia')], PIA), NONE)
})

test('a locked directory is read-only, but for single values whose list lets pass (protocol.md §15.7)', () => {
  const locked = list('_locked')
  assert.deepEqual(access(locked, ROOT), { all: RDONLY, whole: RDONLY, value: OK })
  assert.deepEqual(access([...locked, ...list('_writers', '*')], PIA), { all: RDONLY, whole: RDONLY, value: RDONLY })
  assert.deepEqual(access([...locked, ...list('_writers_passwd', 'pia')], PIA), {
    all: RDONLY,
    whole: RDONLY,
    value: OK,
  })
})
