/** The programs that tests compare with. A missing one is a skip that can be seen, and in CI a failure. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { TestContext } from 'node:test'

type Skippable = Pick<TestContext, 'skip'>

/** True when the test can go on; else it is skipped, or fails in CI. */
export function requireThat(context: Skippable, isGiven: boolean, what: string): boolean {
  if (isGiven) return true
  assert.notEqual(process.env['CI'], 'true', `CI must have ${what}`)
  context.skip(`needs ${what}`)
  return false
}

/** True when all programs are in PATH. */
export function requirePeers(context: Skippable, ...programs: readonly string[]): boolean {
  const missing = programs.filter((program) => !isInPath(program))
  return requireThat(context, missing.length === 0, missing.join(', '))
}

export function requireRoot(context: Skippable): boolean {
  return requireThat(context, process.getuid?.() === 0, 'root')
}

export function requireLinux(context: Skippable): boolean {
  if (process.platform === 'linux') return true
  context.skip('needs Linux')
  return false
}

export function isInPath(program: string): boolean {
  // Administrators' programs (ip, runuser) are often outside the PATH of others.
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return folders.some((folder) => folder !== '' && existsSync(join(folder, program)))
}
