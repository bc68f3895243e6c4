/** niutil on a domain in memory, and what its tests expect of it. */
import assert from 'node:assert/strict'
import { niutil } from '../../src/cli/netinfo/niutil.ts'
import { toolOnDomain } from './tool-run.ts'
import type { ToolOnDomain } from './tool-run.ts'

export function niutilOn(isMaster = true): ToolOnDomain {
  return toolOnDomain(niutil, { isMaster })
}

/** Runs what should be done without a word. */
export async function done({ run }: ToolOnDomain, ...words: readonly string[]): Promise<void> {
  assert.deepEqual(await run(words), { status: 0, out: '', err: '', questions: [] })
}

/** Runs what should print, on a domain of its own. */
export async function printed(words: readonly string[], out: string, status = 0): Promise<void> {
  assert.deepEqual(await niutilOn().run(words), { status, out, err: '', questions: [] })
}

/** Runs what should be refused, with nothing on standard output. */
export async function refused(
  { run }: ToolOnDomain,
  words: readonly string[],
  status: number,
  err: string | RegExp,
): Promise<void> {
  const result = await run(words)
  assert.equal(result.status, status, result.err)
  assert.equal(result.out, '')
  if (typeof err === 'string') assert.equal(result.err, err)
  else assert.match(result.err, err)
}
