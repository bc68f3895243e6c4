/** What a resume file has of a process that was killed in the middle of its work, or found no more room for it. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { openResume } from '../src/probe/resume-file.ts'
import { requirePeers } from './support/peers.ts'
import { answerOf, makeJob } from './support/probe-jobs.ts'
import { tempFolder } from './support/temp-folder.ts'

const WRITER = join(import.meta.dirname, 'fixtures', 'resume-writer.ts')
const ROUNDS = 6

/** Runs the writer until it has said so many lines, kills it, and tells the last count that it said. */
async function writeUntilKilled(path: string, first: number, lines: number): Promise<number> {
  const child = spawn(process.execPath, [WRITER, path, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (text: string) => {
    said += text
    if (said.split('\n').length > lines) child.kill('SIGKILL')
  })
  await once(child, 'close')
  assert.equal(child.signalCode, 'SIGKILL')
  return Number(said.split('\n').at(-2))
}

test('a killed process loses no answer that it had handed over, however often', async (context) => {
  const path = join(tempFolder(context), 'scan.resume')
  const job = await makeJob(['10.0.0.0/16'], [22, 80, 443])
  let known = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const said = await writeUntilKilled(path, known, 2 + round * 60)
    const resume = openResume(path, job)
    const found = [...resume.answers()].flat()
    assert.ok(found.length >= said, `${found.length} of ${said} were found`)
    for (const [number, answer] of found.entries()) assert.deepEqual(answer, answerOf(job, number))
    assert.equal(resume.job.answered?.size, found.length)
    await resume.close()
    known = found.length
  }
})

test('where there is no room left the error says so, and the file has all whole batches before', async (context) => {
  if (process.platform === 'win32' || !requirePeers(context, 'sh')) return
  const path = join(tempFolder(context), 'scan.resume')
  // As on a full disk, a part of a batch may still be written. The signal would end the process.
  const limited = `trap '' XFSZ; ulimit -f 8; exec "$@"`
  const words = ['-c', limited, 'sh', process.execPath, WRITER, path, '0']
  const child = spawn('sh', words, { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (text: string) => (said += text))
  await once(child, 'close')
  assert.equal(child.exitCode, 3)
  const [count, why] = said.trimEnd().split('\n').slice(-2)
  assert.equal(why, 'ERR_PORTOLAN_RESUME_FAILED')
  const resume = openResume(path, await makeJob(['10.0.0.0/16'], [22, 80, 443]))
  assert.equal(resume.job.answered?.size, Number(count))
  assert.equal(resume.ignoredBytes, 0)
  await resume.close()
})
