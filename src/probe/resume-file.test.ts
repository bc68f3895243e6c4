import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { PortolanError } from '../core/index.ts'
import { answerOf, makeJob } from '../../test/support/probe-jobs.ts'
import { tempFolder } from '../../test/support/temp-folder.ts'
import type { ProbeJob } from './job.ts'
import type { PortAnswer } from './model.ts'
import { openResume } from './resume-file.ts'
import { ANSWER_BYTES, BLOCK_HEAD_BYTES, HEADER_BYTES, decodeHeader } from './resume-format.ts'

const HOSTS = ['10.0.0.0/29', '2001:db8::1', 'fe80::1%eth0']
const TCP = [22, 80, 443]
const UDP = [53, 80]

function answersOf(job: ProbeJob, from: number, to: number): readonly PortAnswer[] {
  return Array.from({ length: to - from }, (_, at) => answerOf(job, from + at))
}

/** Opens, tells what is there, and closes. */
async function readAll(path: string, job: ProbeJob): Promise<readonly PortAnswer[]> {
  const resume = openResume(path, job)
  const found = [...resume.answers()].flat()
  assert.equal(resume.job.answered?.size ?? 0, found.length)
  await resume.close()
  return found
}

async function writeBatches(path: string, job: ProbeJob, batches: readonly (readonly PortAnswer[])[]): Promise<void> {
  const resume = openResume(path, job)
  for (const batch of batches) resume.append(batch)
  await resume.close()
}

test('a scan goes on with the seed and the answers of the first run', async (context) => {
  const path = join(tempFolder(context), 'scan.resume')
  const job = await makeJob(HOSTS, TCP, UDP, 42)
  const first = openResume(path, job)
  assert.equal(first.job.answered, null)
  assert.deepEqual([...first.answers()], [])
  first.append(answersOf(job, 0, 10))
  first.append(answersOf(job, 40, 45))
  await first.close()
  assert.equal(first.safeCount, 15)

  const again = openResume(path, { ...job, seed: 7, pace: { ...job.pace, rate: 10 } })
  assert.equal(again.job.seed, 42)
  assert.equal(again.job.pace.rate, 10)
  assert.deepEqual([...again.answers()].flat(), [...answersOf(job, 0, 10), ...answersOf(job, 40, 45)])
  const { answered } = again.job
  assert.equal(answered?.size, 15)
  // TCP pair 4 is the second host's second port; UDP begins at pair 30.
  assert.equal(answered.has(1, 'tcp', 80), true)
  assert.equal(answered.has(1, 'udp', 80), false)
  assert.equal(answered.has(5, 'udp', 53), true)
  assert.equal(answered.has(5, 'tcp', 53), false)
  assert.equal(answered.has(9, 'udp', 80), false)
  again.append(answersOf(job, 20, 22))
  // What this run adds is its own to tell.
  assert.equal([...again.answers()].flat().length, 15)
  await again.close()
  assert.equal((await readAll(path, job)).length, 17)
})

test('what could not be measured is not kept', async (context) => {
  const path = join(tempFolder(context), 'scan.resume')
  const job = await makeJob(HOSTS, TCP)
  const cancelled: PortAnswer = { ...answerOf(job, 1), state: 'unmeasured', reason: 'cancelled' }
  await writeBatches(path, job, [[cancelled, answerOf(job, 2)], [cancelled]])
  assert.deepEqual(await readAll(path, job), [answerOf(job, 2)])
})

test('a pair that two runs answered at once is told once', async (context) => {
  const path = join(tempFolder(context), 'scan.resume')
  const job = await makeJob(HOSTS, TCP)
  const [one, other] = [openResume(path, job), openResume(path, job)]
  one.append(answersOf(job, 0, 3))
  other.append(answersOf(job, 2, 5))
  await Promise.all([one.close(), other.close()])
  assert.deepEqual(await readAll(path, job), answersOf(job, 0, 5))
})

test('a file that is cut anywhere gives the answers of its whole blocks, and the scan goes on from there', async (context) => {
  const folder = tempFolder(context)
  const job = await makeJob(HOSTS, TCP, UDP)
  const total = job.hosts.size * 5
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.uint8Array({ maxLength: 30 }),
      async (sizes, share, noise) => {
        const path = join(folder, 'cut.resume')
        writeFileSync(path, '')
        const ends = sizes.map((_, at) => sizes.slice(0, at + 1).reduce((sum, size) => sum + size))
        await writeBatches(
          path,
          job,
          sizes.map((size, at) => answersOf(job, (ends[at] ?? 0) - size, ends[at] ?? 0)),
        )
        const { size } = statSync(path)
        assert.equal(size, HEADER_BYTES + sizes.length * BLOCK_HEAD_BYTES + (ends.at(-1) ?? 0) * ANSWER_BYTES)
        const cut = Math.floor(share * size)
        // What was lost must not come back by chance.
        if (noise[0] === readFileSync(path)[cut]) noise[0] = (noise[0] ?? 0) ^ 0x41
        truncateSync(path, cut)
        const blockEnds = ends.map((end, at) => HEADER_BYTES + (at + 1) * BLOCK_HEAD_BYTES + end * ANSWER_BYTES)
        const whole = ends.findLast((_, at) => (blockEnds[at] ?? 0) <= cut) ?? 0
        // What follows a cut may be anything; but what follows a cut header would be another file.
        if (cut >= HEADER_BYTES) appendFileSync(path, noise)
        assert.deepEqual(await readAll(path, job), answersOf(job, 0, whole))
        await writeBatches(path, job, [answersOf(job, total - 2, total)])
        assert.deepEqual(await readAll(path, job), [...answersOf(job, 0, whole), ...answersOf(job, total - 2, total)])
      },
    ),
    { numRuns: 150 },
  )
})

test('a file with a byte changed gives the answers before it, or is refused', async (context) => {
  const folder = tempFolder(context)
  const job = await makeJob(HOSTS, TCP, UDP)
  const source = join(folder, 'whole.resume')
  const batches = [answersOf(job, 0, 5), answersOf(job, 5, 7), answersOf(job, 7, 12)]
  await writeBatches(source, job, batches)
  const whole = readFileSync(source)
  const path = join(folder, 'changed.resume')
  for (let at = 0; at < whole.length; at += 1) {
    const changed = Buffer.from(whole)
    changed.writeUInt8(changed.readUInt8(at) ^ 0x41, at)
    writeFileSync(path, changed)
    if (at < HEADER_BYTES) {
      assert.throws(() => openResume(path, job), { code: 'ERR_PORTOLAN_RESUME_OTHER' }, `byte ${at}`)
      assert.deepEqual(readFileSync(path), changed)
    } else {
      const found = await readAll(path, job)
      assert.ok([0, 5, 7].includes(found.length), `byte ${at}: ${found.length}`)
      assert.deepEqual(found, answersOf(job, 0, found.length))
    }
  }
})

test('blocks of thousands are read in pieces', async (context) => {
  const path = join(tempFolder(context), 'scan.resume')
  const job = await makeJob(['10.0.0.0/16'], TCP)
  await writeBatches(path, job, [
    answersOf(job, 0, 10_000),
    answersOf(job, 10_000, 10_001),
    answersOf(job, 10_001, 150_000),
  ])
  const found = await readAll(path, job)
  assert.equal(found.length, 150_000)
  assert.deepEqual(found.at(-1), answerOf(job, 149_999))
  assert.deepEqual(found[10_000], answerOf(job, 10_000))
})

test('a file of another scan is refused, and left as it is', async (context) => {
  const path = join(tempFolder(context), 'scan.resume')
  const job = await makeJob(['10.0.0.0/24'], TCP, UDP)
  await writeBatches(path, job, [answersOf(job, 0, 4)])
  const before = readFileSync(path)
  const others = [
    await makeJob(['10.0.0.0-10.0.0.254'], TCP, UDP),
    await makeJob(['10.0.0.0-10.0.0.9', '10.0.0.11-10.0.1.0'], TCP, UDP),
    await makeJob(['10.0.0.0/24'], [...TCP, 81], UDP),
    await makeJob(['10.0.0.0/24'], TCP, TCP),
  ]
  for (const other of others)
    assert.throws(() => openResume(path, other), {
      code: 'ERR_PORTOLAN_RESUME_OTHER',
      message: `${path} is of a scan of other hosts or ports`,
    })
  assert.deepEqual(readFileSync(path), before)
})

test('a file of something else is refused, and left as it is', async (context) => {
  const path = join(tempFolder(context), 'letter.txt')
  const job = await makeJob(HOSTS, TCP)
  for (const text of ['dear reader', 'portolan resume', '\0', 'x'.repeat(1000)]) {
    const foreign = text === 'portolan resume' ? `${text}\t` : text
    writeFileSync(path, foreign)
    assert.throws(() => openResume(path, job), { code: 'ERR_PORTOLAN_RESUME_OTHER' })
    assert.equal(readFileSync(path, 'utf8'), foreign)
  }
})

test('a file that cannot be opened, or is none, is an error of ours that names it', async (context) => {
  const folder = tempFolder(context)
  const job = await makeJob(HOSTS, TCP)
  mkdirSync(join(folder, 'a-folder'))
  const paths = [
    join(folder, 'a-folder'),
    join(folder, 'no', 'such'),
    ...(process.platform === 'linux' ? ['/dev/null'] : []),
  ]
  for (const path of paths)
    assert.throws(
      () => openResume(path, job),
      (error) =>
        error instanceof PortolanError &&
        error.code === 'ERR_PORTOLAN_RESUME_FAILED' &&
        error.message.startsWith(path) &&
        error.hint !== undefined,
    )
})

test('the file is for its user alone', async (context) => {
  if (process.platform === 'win32') return
  const path = join(tempFolder(context), 'scan.resume')
  await writeBatches(path, await makeJob(HOSTS, TCP), [])
  assert.equal(statSync(path).mode & 0o777, 0o600)
})

test('any bytes are no file of a scan, or one whose answers are of the scan', async (context) => {
  const path = join(tempFolder(context), 'any.resume')
  const job = await makeJob(HOSTS, TCP)
  await writeBatches(path, job, [])
  const header = readFileSync(path)
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), async (noise, hasHeader) => {
      writeFileSync(path, hasHeader ? Buffer.concat([header, noise]) : noise)
      if (!hasHeader && noise.length > 0) {
        assert.notEqual(typeof decodeHeader(Buffer.from(noise)), 'object')
        if (decodeHeader(Buffer.from(noise)) === 'foreign') return
      }
      assert.deepEqual(await readAll(path, job), [])
    }),
  )
})
