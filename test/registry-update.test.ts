/** What `registry update` leaves on the disk: the old registry or the new, whole, whatever befalls it. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { watch } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openRegistry, revertRegistry, updateRegistry } from '../src/registry/index.ts'
import { verifyChecksum } from '../src/registry/index-file.ts'
import { PREVIOUS_FILE, REGISTRY_FILE } from '../src/registry/open.ts'
import { Registry } from '../src/registry/registry.ts'
import type { SyntheticRow } from './support/synthetic-csv.ts'
import { wholeCsv } from './support/synthetic-csv.ts'
import { tempFolder } from './support/temp-folder.ts'

const KILLS = 25
/** About as long as the loop takes for two updates. */
const KILL_AFTER_MS_MAX = 800
/** An update changes the folder some eight times. */
const KILL_AFTER_CHANGES_MAX = 16

interface Bench {
  readonly folder: string
  readonly env: { readonly PORTOLAN_DATA: string }
  /** Writes a whole file with these rows and gives its path. */
  readonly csv: (name: string, rows: readonly SyntheticRow[]) => string
  /** Updates from a whole file with a service of this name on port 7000. */
  readonly update: (name: string) => Promise<void>
  /** The name on port 7000 in the registry in use. */
  readonly inUse: () => string
  readonly bytes: (file: string) => Buffer
}

function benchOf(context: TestContext): Bench {
  const top = tempFolder(context)
  const folder = join(top, 'data')
  const env = { PORTOLAN_DATA: folder }
  const csv = (name: string, rows: readonly SyntheticRow[]): string => {
    const path = join(top, `${name}.csv`)
    writeFileSync(path, wholeCsv(rows))
    return path
  }
  return {
    folder,
    env,
    csv,
    update: async (name) => {
      await updateRegistry({
        from: csv(name, [{ name, ports: '7000', transport: 'tcp' }]),
        env,
        force: true,
        now: new Date(0),
      })
    },
    inUse: () => openRegistry(env).registry.lookup(7000, 'tcp').name,
    bytes: (file) => readFileSync(join(folder, file)),
  }
}

/** Many names, so that the loss of some is a small or a large share. */
function names(count: number): readonly SyntheticRow[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `service-${index}`,
    ports: `${8000 + index}`,
    transport: 'tcp',
  }))
}

describe('updateRegistry', () => {
  test('puts the new registry to use and keeps the one before', async (context) => {
    const { update, inUse, folder, bytes } = benchOf(context)
    await update('alpha')
    assert.equal(inUse(), 'alpha')
    assert.deepEqual(readdirSync(folder), [REGISTRY_FILE])
    const alpha = bytes(REGISTRY_FILE)
    await update('beta')
    assert.equal(inUse(), 'beta')
    assert.ok(bytes(PREVIOUS_FILE).equals(alpha))
  })

  test('holds one record for rows that say the same of several transports', async (context) => {
    const { csv, env } = benchOf(context)
    const rows = (['tcp', 'udp'] as const).map((transport) => ({
      name: 'chart',
      ports: '7000',
      transport,
      description: 'Charts',
    }))
    await updateRegistry({ from: csv('chart', rows), env, force: true })
    assert.deepEqual(
      openRegistry(env)
        .registry.byName('chart')
        .map(({ transports }) => transports),
      [['tcp', 'udp']],
    )
  })

  test('replaces nothing when the file is refused', async (context) => {
    const { update, env, folder, bytes, csv } = benchOf(context)
    await update('alpha')
    await update('beta')
    const before = [bytes(REGISTRY_FILE), bytes(PREVIOUS_FILE)]
    const good = readFileSync(csv('good', names(5)), 'utf8')
    const bad = {
      'cut.csv': good.slice(0, good.length / 2),
      'no-end.csv': good.slice(0, -1),
      'quote.csv': good.replace('service-3', '"service-3'),
      'escape.csv': good.replace('service-3', 'serv\u001b[31mice'),
      'empty.csv': '',
      'page.csv': '<html></html>\n',
    }
    for (const [name, content] of Object.entries(bad)) {
      const from = join(folder, '..', name)
      writeFileSync(from, content)
      await assert.rejects(updateRegistry({ from, env, force: true }), { code: 'ERR_PORTOLAN_CSV_REFUSED' }, name)
    }
    await assert.rejects(updateRegistry({ from: join(folder, 'absent.csv'), env }), {
      code: 'ERR_PORTOLAN_INPUT_UNREADABLE',
    })
    assert.ok(bytes(REGISTRY_FILE).equals(before[0] ?? Buffer.of()))
    assert.ok(bytes(PREVIOUS_FILE).equals(before[1] ?? Buffer.of()))
    assert.deepEqual(readdirSync(folder).toSorted(), [REGISTRY_FILE, PREVIOUS_FILE].toSorted())
  })

  test('refuses a file that lacks more than one name in fifty, and takes it when forced', async (context) => {
    const { csv, env, bytes } = benchOf(context)
    // With the five landmarks there are 500 names: ten may go, eleven may not.
    await updateRegistry({ from: csv('all', names(495)), env, force: true })
    const before = bytes(REGISTRY_FILE)
    const short = csv('short', names(484))
    await assert.rejects(updateRegistry({ from: short, env }), {
      code: 'ERR_PORTOLAN_CSV_REFUSED',
      message: /the rows end at line \d+, and 11 of the 500 service names in use are missing \(service-/,
      hint: /--force/,
    })
    assert.ok(bytes(REGISTRY_FILE).equals(before))
    await updateRegistry({ from: short, env, force: true })
    assert.equal(openRegistry(env).registry.byName('service-490').length, 0)
  })

  test('takes a file that lacks one name in fifty', async (context) => {
    const { csv, env } = benchOf(context)
    await updateRegistry({ from: csv('all', names(495)), env, force: true })
    await updateRegistry({ from: csv('fewer', names(485)), env })
    assert.equal(openRegistry(env).registry.byName('service-490').length, 0)
  })

  test('names the line where the rows end', async (context) => {
    const { csv, env } = benchOf(context)
    await assert.rejects(updateRegistry({ from: csv('small', names(3)), env }), {
      message: /small\.csv: the rows end at line 11, /,
    })
  })

  test('refuses a small file whose rows claim every port over and over, before memory runs out', (context) => {
    const { csv, env, folder } = benchOf(context)
    const rows = Array.from({ length: 3000 }, (_, index) => ({ name: `service-${index}`, ports: '0-65535' }))
    // In a process of its own, which may run out of memory or time without harm.
    const program = `
      const { updateRegistry } = await import(process.argv[1])
      await updateRegistry({ from: process.argv[2], force: true }).catch((error) => console.log(error.code))`
    const index = join(import.meta.dirname, '..', 'src', 'registry', 'index.ts')
    const args = ['--max-old-space-size=256', '--input-type=module', '--eval', program, index, csv('every', rows)]
    const { stdout } = spawnSync(process.execPath, args, {
      env: { ...process.env, ...env },
      timeout: 60_000,
      encoding: 'utf8',
    })
    assert.match(stdout, /^ERR_PORTOLAN_(CSV_REFUSED|REGISTRY_TOO_LARGE)\n$/)
    assert.equal(existsSync(folder), false)
  })

  test('is not stopped by a damaged registry in use', async (context) => {
    const { update, inUse, folder, bytes } = benchOf(context)
    await update('alpha')
    const whole = bytes(REGISTRY_FILE)
    for (const damage of [
      Buffer.of(),
      Buffer.from('PORTOLAN'),
      whole.subarray(0, whole.length / 2),
      Buffer.alloc(5000),
    ]) {
      writeFileSync(join(folder, REGISTRY_FILE), damage)
      await update('beta')
      assert.equal(inUse(), 'beta')
    }
  })

  test('says so when it cannot write, and the packaged registry stays in use', async (context) => {
    const top = tempFolder(context)
    writeFileSync(join(top, 'file'), 'in the way')
    const env = { PORTOLAN_DATA: join(top, 'file', 'data') }
    const from = join(top, 'a.csv')
    writeFileSync(from, wholeCsv())
    await assert.rejects(updateRegistry({ from, env, force: true }), { code: 'ERR_PORTOLAN_WRITE_FAILED' })
    assert.equal(openRegistry(env).isUpdated, false)
  })
})

describe('revertRegistry', () => {
  test('does nothing when no update is in use', async (context) => {
    const { env, folder } = benchOf(context)
    assert.equal(await revertRegistry(env), null)
    assert.equal(existsSync(folder), false)
  })

  test('goes back to the registry before, and from there to the packaged one', async (context) => {
    const { update, inUse, env, folder } = benchOf(context)
    await update('alpha')
    await update('beta')
    assert.equal((await revertRegistry(env))?.lookup(7000, 'tcp').name, 'alpha')
    assert.equal(inUse(), 'alpha')
    assert.equal((await revertRegistry(env))?.lookup(22, 'tcp').name, 'ssh')
    assert.equal(openRegistry(env).isUpdated, false)
    assert.deepEqual(readdirSync(folder), [])
  })

  test('goes back to the packaged registry when there was no other before', async (context) => {
    const { update, env, folder } = benchOf(context)
    await update('alpha')
    assert.equal((await revertRegistry(env))?.lookup(22, 'tcp').name, 'ssh')
    assert.deepEqual(readdirSync(folder), [])
    assert.equal(openRegistry(env).isUpdated, false)
    assert.equal(await revertRegistry(env), null)
  })

  test('refuses a damaged previous registry and leaves the one in use', async (context) => {
    const { update, inUse, env, folder, bytes } = benchOf(context)
    await update('alpha')
    await update('beta')
    writeFileSync(join(folder, PREVIOUS_FILE), bytes(PREVIOUS_FILE).subarray(0, 500))
    await assert.rejects(revertRegistry(env), { code: 'ERR_PORTOLAN_REGISTRY_DATA_DAMAGED' })
    assert.equal(inUse(), 'beta')
  })

  test('refuses a previous registry in which one byte was changed', async (context) => {
    const { update, inUse, env, folder, bytes } = benchOf(context)
    await update('alpha')
    await update('beta')
    const changed = Buffer.from(bytes(PREVIOUS_FILE))
    const at = changed.indexOf('alpha')
    changed[at] = (changed[at] ?? 0) ^ 1
    writeFileSync(join(folder, PREVIOUS_FILE), changed)
    await assert.rejects(revertRegistry(env), { code: 'ERR_PORTOLAN_REGISTRY_DATA_DAMAGED' })
    assert.equal(inUse(), 'beta')
  })

  test('says so when the previous registry cannot be read', async (context) => {
    const { update, inUse, env, folder } = benchOf(context)
    await update('alpha')
    mkdirSync(join(folder, PREVIOUS_FILE))
    await assert.rejects(revertRegistry(env), { name: 'PortolanError' })
    assert.equal(inUse(), 'alpha')
  })
})

/** Waits until something has changed in a folder so many times, or until it is clear that nothing more will. */
async function changesIn(folder: string, count: number): Promise<void> {
  const stop = new AbortController()
  let seen = 0
  const timer = setTimeout(() => stop.abort(), 10_000)
  try {
    for await (const _ of watch(folder, { signal: stop.signal })) if ((seen += 1) >= count) break
  } catch (error) {
    if (!stop.signal.aborted) throw error
  } finally {
    clearTimeout(timer)
  }
}

describe('an update that is killed', () => {
  test('leaves the registry in use, and the one before, whole', async (context) => {
    const { folder, env, csv, bytes } = benchOf(context)
    const files = ['alpha', 'beta'].map((name) => csv(name, [{ name, ports: '7000', transport: 'tcp' }, ...names(200)]))
    const [alpha = '', beta = ''] = files
    // Twice, so that both registries are there from the first kill on.
    for (const from of [beta, alpha]) await updateRegistry({ from, env, force: true, now: new Date(0) })
    const known = [bytes(REGISTRY_FILE), bytes(PREVIOUS_FILE)]
    const seen = new Set<string>()
    for (let kill = 0; kill < KILLS; kill += 1) {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'fixtures', 'update-in-a-loop.ts'), ...files], {
        env: { ...process.env, PORTOLAN_DATA: folder },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await once(child.stdout, 'data')
      // By the clock a kill mostly meets the reading and comparing; by changes to the folder it meets the writing.
      if (kill % 2 === 0) await sleep(Math.random() * KILL_AFTER_MS_MAX)
      else await changesIn(folder, 1 + Math.floor(Math.random() * KILL_AFTER_CHANGES_MAX))
      child.kill('SIGKILL')
      const [code, signal] = await once(child, 'exit')
      assert.deepEqual([code, signal], [null, 'SIGKILL'])
      for (const file of [REGISTRY_FILE, PREVIOUS_FILE]) {
        const found = bytes(file)
        assert.ok(
          known.some((each) => each.equals(found)),
          `${file} after kill ${kill}`,
        )
        await verifyChecksum(found, file)
        seen.add(`${file} ${new Registry(found, file).lookup(7000, 'tcp').name}`)
      }
    }
    context.diagnostic(
      `after ${KILLS} kills: ${[...seen].toSorted().join(', ')}; left over: ${readdirSync(folder).length - 2} files`,
    )
  })
})
