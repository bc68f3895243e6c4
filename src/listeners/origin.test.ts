import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ParentProcess } from './model.ts'
import { originOf } from './origin.ts'

const NONE = { unit: null, container: null }
const unit = (name: string): { unit: string; container: null } => ({ unit: name, container: null })
const systemd: ParentProcess = { pid: 1, name: 'systemd' }
const sshd: ParentProcess = { pid: 700, name: 'sshd' }
const bash: ParentProcess = { pid: 812, name: 'bash' }

test('a container counts before its parents and its unit', () => {
  const owner = { unit: 'docker.service', container: 'docker 4f1c0ffee0b5' }
  assert.deepEqual(originOf(owner, [bash, systemd]), { kind: 'container', name: 'docker 4f1c0ffee0b5' })
})

test('cron counts before the unit that holds what its jobs left running', () => {
  const parents = [{ pid: 30, name: 'sh' }, { pid: 20, name: 'cron' }, systemd]
  assert.deepEqual(originOf(unit('cron.service'), parents), { kind: 'cron', name: 'cron' })
  for (const name of ['crond', 'anacron', 'atd', 'fcron']) {
    assert.deepEqual(originOf(NONE, [{ pid: 2, name }]), { kind: 'cron', name })
  }
})

test('a unit counts before the shell that its service runs', () => {
  assert.deepEqual(originOf(unit('web.service'), [bash, systemd]), { kind: 'systemd', name: 'web.service' })
})

test("the shell says more than the session's scope", () => {
  const shell = { kind: 'shell', name: 'bash (pid 812)' }
  assert.deepEqual(originOf(unit('session-3.scope'), [bash, sshd, systemd]), shell)
  assert.deepEqual(originOf(unit('init.scope'), [bash, systemd]), shell)
})

test('the nearest shell counts, by its name without the dash of a login shell', () => {
  const parents = [{ pid: 5, name: 'npm' }, { pid: 4, name: '-zsh' }, bash]
  assert.deepEqual(originOf(NONE, parents), { kind: 'shell', name: 'zsh (pid 4)' })
})

test('without a unit, shell or cron, the first process is the origin', () => {
  assert.deepEqual(originOf(NONE, [sshd, systemd]), { kind: 'init', name: 'systemd' })
  assert.deepEqual(originOf(unit('session-3.scope'), [{ pid: 1, name: 'launchd' }]), { kind: 'init', name: 'launchd' })
})

test('a chain that is cut short, or empty, has no known origin', () => {
  assert.deepEqual(originOf(NONE, [sshd]), { kind: 'unknown', name: 'sshd' })
  assert.deepEqual(originOf(NONE, []), { kind: 'unknown', name: null })
})
