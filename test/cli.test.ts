/** The whole program, run as a person runs it: what it prints, where, and the exit status. */
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { optionsOf, spellOption } from '../src/cli/command.ts'
import { COMMAND_LOADERS } from '../src/cli/commands/index.ts'
import { readSockets } from '../src/listeners/index.ts'
import { openRegistry } from '../src/registry/index.ts'
import { asArray, asObject, asObjects, at } from './support/json.ts'
import { isInPath, requirePeers } from './support/peers.ts'
import { CLI, cliEnvironment, outcomeOf, runCli, startCli } from './support/run-cli.ts'
import { wholeCsv } from './support/synthetic-csv.ts'
import { tempFolder } from './support/temp-folder.ts'

const run = promisify(execFile)
const ESCAPE = '\u001b'

/** The registry that the program sees: that of the checkout, not of whoever runs the tests. */
function packagedRegistry(): ReturnType<typeof openRegistry>['registry'] {
  return openRegistry(cliEnvironment()).registry
}

function onOneLine(text: string): string {
  return text.replace(/\s+/g, ' ')
}

/** A mistake of the user's is told in words: never by a stack trace. */
function assertNoTrace(stderr: string): void {
  assert.doesNotMatch(stderr, /^\s+at |should not happen|node:internal|\.ts:\d+/m)
}

test('973 is told on one page: unassigned, NetInfo, extinct, the date, and how to check elsewhere', async () => {
  const { status, stdout, stderr } = await runCli(['973'])
  assert.equal(status, 0)
  assert.equal(stderr, '')
  const [source] = packagedRegistry().meta.sources
  const parts = ['973', 'system range 0–1023', 'unassigned', 'NetInfo', 'extinct', source?.asOf ?? '?', 'ghost port']
  const commands = ['sudo lsof -i :973', 'netstat -ano | findstr :973', 'nmap -p 973 ']
  for (const part of [...parts, ...commands]) assert.ok(stdout.includes(part), `'${part}' is not in\n${stdout}`)
})

test('973 is nowhere said to be assigned to anyone', async () => {
  for (const words of [['973'], ['973', '--all'], ['973', '--json']]) {
    const { stdout } = await runCli(words)
    assert.doesNotMatch(onOneLine(stdout), /\bassigned to\b|: "?assigned\b/i, words.join(' '))
  }
})

test('973 --json is an array of one object with every field that scripts rely on', async () => {
  const { status, stdout } = await runCli(['973', '--json'])
  assert.equal(status, 0)
  const reports = asObjects(JSON.parse(stdout))
  assert.equal(reports.length, 1)
  const report = asObject(reports[0])
  assert.equal(report['schemaVersion'], 1)
  assert.equal(report['port'], 973)
  assert.equal(report['range'], 'system')
  assert.deepEqual(Object.keys(asObject(report['transports'])), ['tcp', 'udp', 'sctp', 'dccp'])
  for (const transport of ['tcp', 'udp']) {
    const entry = asObject(at(report, 'transports', transport))
    assert.equal(entry['status'], 'unassigned')
    assert.deepEqual(entry['names'], [])
    for (const field of ['description', 'source']) assert.match(String(entry[field]), /\S/, field)
    assert.match(String(entry['asOf']), /^\d{4}-\d\d-\d\d$/)
  }
  const uses = asObjects(report['unofficialUses'])
  assert.ok(uses.some((use) => use['name'] === 'NetInfo' && use['state'] === 'extinct'))
  assert.ok(uses.every((use) => asArray(at(use, 'summary', 'citations')).length > 0))
  for (const field of ['listeners', 'connections', 'declared']) assert.ok(Array.isArray(report[field]), field)
})

test('several ports, services, transports and ranges are answered in the order asked', async () => {
  const { status, stdout } = await runCli(['973', 'ssh', '443/udp', '6000-6002', '--json', '--no-sockets'])
  assert.equal(status, 0)
  const reports = asObjects(JSON.parse(stdout))
  assert.deepEqual(
    reports.map((each) => each['port']),
    [973, 22, 443, 6000, 6001, 6002],
  )
  assert.deepEqual(Object.keys(asObject(reports[2]?.['transports'])), ['udp'])
})

test('a service is asked for by name, in any case of letters', async () => {
  for (const word of ['ssh', 'SSH']) {
    const { status, stdout } = await runCli([word])
    assert.equal(status, 0)
    assert.match(stdout, /^Port 22 /)
    assert.match(stdout, /assigned to ssh/)
  }
})

test('a range is one table, with equal ports as one line', async () => {
  const { status, stdout } = await runCli(['6000-6063', '--no-sockets'])
  assert.equal(status, 0)
  assert.match(stdout, /^Ports 6000–6063 /)
  assert.match(stdout, /^6000–6063\s+tcp, udp\s+assigned\s+x11/m)
})

test('ports are read from standard input, by a dash and by the bare command', async () => {
  for (const words of [['-'], ['port', '-'], ['port']]) {
    const { status, stdout, stderr } = await runCli([...words, '--json', '--no-sockets'], { input: '973\n22 80,443\n' })
    assert.equal(status, 0, stderr)
    assert.deepEqual(
      asObjects(JSON.parse(stdout)).map((each) => each['port']),
      [973, 22, 80, 443],
      words.join(' '),
    )
  }
})

test('no port at all is wrong use', async () => {
  for (const input of ['', ' \n']) {
    const { status, stderr } = await runCli(['port', '-'], { input })
    assert.equal(status, 2)
    assert.match(stderr, /which port\?/)
  }
})

test('a name that no one knows is a clear no, with what it may have meant', async () => {
  const { status, stdout, stderr } = await runCli(['postgresq'])
  assert.equal(status, 1)
  assert.equal(stdout, '')
  assert.match(stderr, /'postgresq'/)
  assert.match(stderr, /Perhaps you mean .*postgresql/)
  assertNoTrace(stderr)
})

test('a name that no one knows does not hide the answers to the others', async () => {
  const { status, stdout, stderr } = await runCli(['no-such-thing-here', '973', '--json'])
  assert.equal(status, 1)
  assert.equal(asArray(JSON.parse(stdout)).length, 1)
  assert.match(stderr, /no-such-thing-here/)
})

test('a port above the highest is wrong use, and the message names the limit', async () => {
  const { status, stdout, stderr } = await runCli(['70000'])
  assert.equal(status, 2)
  assert.equal(stdout, '')
  assert.match(stderr, /^portolan: '70000' .*65535/)
})

test("a user's mistake is told in words, without a stack trace, with exit status 2 and nothing on standard output", async (context) => {
  const mistakes = [
    ['--nonsense'],
    ['973', '--nonsense'],
    ['-1'],
    ['5-3'],
    ['80/xyz'],
    ['1.5'],
    [''],
    ['/tcp'],
    ['973', '--color', 'pink'],
    ['973', '--json=yes'],
    ['listeners', '99999'],
    ['ls', '--port', 'http'],
    ['ls', '--sort', 'colour'],
    ['ls', '--transport', 'sctp'],
    ['ls', '--watch', '--interval', '0'],
    ['free', '-n', 'many'],
    ['free', '-n'],
    ['free', '--range', '9-1'],
    ['search'],
    ['search', '--max', '0', 'x'],
    ['registry'],
    ['registry', 'burn'],
    ['registry', 'update', 'file.csv'],
    ['completion'],
    ['completion', 'cmd'],
    ['help', 'nothing'],
    ['kill'],
  ]
  for (const words of mistakes) {
    await context.test(words.join(' ') || "''", async () => {
      const { status, stdout, stderr } = await runCli(words)
      assert.equal(status, 2, stderr)
      assert.equal(stdout, '')
      assert.match(stderr, /^portolan: \S/)
      assertNoTrace(stderr)
    })
  }
})

test('what is repeated of the user or of a file cannot steer the terminal', async (context) => {
  const hostile = `${ESCAPE}[31mred${ESCAPE}]0;title\u0007`
  const folder = tempFolder(context)
  const file = join(folder, 'hostile.csv')
  writeFileSync(file, `${hostile},b\n`)
  const asWord: string[][] = [
    [],
    ['help'],
    ['completion'],
    ['ls'],
    ['search'],
    ['kill'],
    ['registry'],
    ['free', '--range'],
  ]
  const all = asWord.map((words) => words.concat(hostile))
  for (const words of [...all, ['registry', 'update', '--from', file], ['973', `--${hostile}`]]) {
    await context.test(words.slice(0, -1).join(' ') || 'a port', async () => {
      const { stdout, stderr } = await runCli(words, { env: { PORTOLAN_DATA: folder } })
      // oxlint-disable-next-line no-control-regex -- they are what is looked for
      assert.doesNotMatch(stdout + stderr, /[\u0000-\u0009\u000b-\u001f\u007f]/)
    })
  }
})

test('--help of every command names each of its options and exits, on standard output', async (context) => {
  for (const [name, load] of Object.entries(COMMAND_LOADERS)) {
    await context.test(name, async () => {
      const command = await load()
      const { status, stdout, stderr } = await runCli([name, '--help'])
      assert.equal(status, 0)
      assert.equal(stderr, '')
      for (const option of optionsOf(command)) {
        const short = option.short === undefined ? '    ' : `-${option.short}, `
        const spelling = spellOption(option)
        assert.ok(stdout.includes(`\n  ${short}${spelling}`), spelling)
      }
      const exits = /\nExit status\n((?: {2}.*\n)+)/.exec(stdout)?.[1] ?? ''
      for (const [exit, meaning] of Object.entries(command.exits))
        assert.ok(onOneLine(exits).includes(` ${exit} ${meaning}`), `exit ${exit}`)
      for (const { line } of command.examples) assert.ok(stdout.includes(line), line)
      for (const alias of command.aliases ?? []) assert.equal((await runCli([alias, '-h'])).stdout, stdout)
      assert.equal((await runCli(['help', name])).stdout, stdout)
    })
  }
})

test('--help names every command, and so does the program without a word', async () => {
  const { status, stdout } = await runCli(['--help'])
  assert.equal(status, 0)
  for (const name of Object.keys(COMMAND_LOADERS)) assert.match(stdout, new RegExp(`^  ${name} `, 'm'))
  assert.deepEqual(await runCli([]), await runCli(['-h']))
})

test('--version is the version of package.json', async () => {
  const manifest = asObject(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')))
  for (const word of ['--version', '-V']) {
    const { status, stdout } = await runCli([word])
    assert.equal(status, 0)
    assert.equal(stdout, `portolan ${String(manifest['version'])}\n`)
  }
})

test('colour comes only when asked for where the output is piped, and never into JSON or CSV', async () => {
  assert.ok(!(await runCli(['973'])).stdout.includes(ESCAPE))
  assert.ok((await runCli(['973', '--color=always'])).stdout.includes(ESCAPE))
  assert.ok((await runCli(['973', '--color=always'], { env: { NO_COLOR: '1' } })).stdout.includes(ESCAPE))
  assert.ok(!(await runCli(['973', '--color=never'])).stdout.includes(ESCAPE))
  for (const words of [['973'], ['search', 'ssh'], ['ls'], ['free'], ['registry', 'info']]) {
    const { stdout } = await runCli([...words, '--json', '--color=always'])
    assert.ok(!stdout.includes(ESCAPE), words.join(' '))
    JSON.parse(stdout)
  }
  for (const words of [['search', 'ssh'], ['ls'], ['free']])
    assert.ok(!(await runCli([...words, '--csv', '--color=always'])).stdout.includes(ESCAPE), words.join(' '))
})

test('colour adds nothing to the text but escapes', async () => {
  const plain = await runCli(['22', '--no-sockets'])
  const coloured = await runCli(['22', '--no-sockets', '--color=always'])
  // oxlint-disable-next-line no-control-regex -- colour begins with an escape
  assert.equal(coloured.stdout.replace(/\u001b\[\d+m/g, ''), plain.stdout)
})

test('a terminal gets colour, unless NO_COLOR or TERM=dumb say no', async (context) => {
  if (!requirePeers(context, 'script')) return
  const inTerminal = async (env: Readonly<Record<string, string>>): Promise<string> => {
    const command = `'${process.execPath}' '${CLI}' 973 --no-sockets`
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      env: cliEnvironment({ TERM: 'xterm', ...env }),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return (await outcomeOf(child)).stdout
  }
  assert.ok((await inTerminal({})).includes(ESCAPE))
  assert.ok(!(await inTerminal({ NO_COLOR: '1' })).includes(ESCAPE))
  assert.ok((await inTerminal({ NO_COLOR: '' })).includes(ESCAPE), 'an empty NO_COLOR says nothing (no-color.org)')
  assert.ok(!(await inTerminal({ TERM: 'dumb' })).includes(ESCAPE))
})

test('a reader that goes away ends the program quietly with 0', async () => {
  // Far more than a pipe holds, so that it must notice.
  const child = startCli(['1-20000', '--json', '--no-sockets'])
  const ended = outcomeOf(child)
  child.stdout?.once('data', () => child.stdout?.destroy())
  const { status, stderr } = await ended
  assert.equal(status, 0)
  assert.equal(stderr, '')
})

test('nobody reading the messages does not change the exit status', async (context) => {
  for (const [word, status] of [
    ['70000', 2],
    ['no-such-service-at-all', 1],
  ] as const) {
    await context.test(word, async () => {
      const child = startCli(['-'], { input: '' })
      const ended = new Promise((resolve) => child.once('exit', resolve))
      await new Promise((resolve) => child.stderr?.once('close', resolve).destroy())
      // Only now does it know what to complain of.
      child.stdin?.end(word)
      assert.equal(await ended, status)
    })
  }
})

test('a full disk under the output is said in words', async (context) => {
  if (process.platform !== 'linux') return context.skip('needs /dev/full')
  const child = spawn('sh', ['-c', `'${process.execPath}' '${CLI}' 973 --no-sockets > /dev/full`], {
    env: cliEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const { status, stderr } = await outcomeOf(child)
  assert.equal(status, 3)
  assert.match(stderr, /no space left|ENOSPC/i)
  assertNoTrace(stderr)
})

test('search finds by name, by words of a description and despite a typing error', async () => {
  const byName = asObjects(JSON.parse((await runCli(['search', 'netinfo', '--json'])).stdout))
  assert.equal(byName[0]?.['name'], 'NetInfo')
  const byWords = await runCli(['search', 'secure', 'shell'])
  assert.equal(byWords.status, 0)
  assert.match(byWords.stdout, /^22 .*\bssh\b/m)
  const guessed = asObjects(JSON.parse((await runCli(['search', 'postgers', '--json'])).stdout))
  assert.ok(guessed.some((hit) => /postgres/i.test(String(hit['name'])) && hit['isGuess'] === true))
  const nothing = await runCli(['search', 'qqqqqqqqqqqqqqqqqq'])
  assert.equal(nothing.status, 1)
  const csv = await runCli(['search', 'ssh', '--csv', '--max', '3'])
  assert.equal(csv.stdout.split('\r\n').length, 5)
})

test('free names ports that are unassigned, on which nothing listens, and that really are free', async () => {
  const { status, stdout } = await runCli(['free', '-n', '3', '--json'])
  assert.equal(status, 0)
  const ports = asObjects(JSON.parse(stdout)).map((each) => Number(each['port']))
  assert.equal(new Set(ports).size, 3)
  const registry = packagedRegistry()
  const taken = (await readSockets({ ports: new Set(ports) })).listeners
  assert.deepEqual(taken, [])
  for (const port of ports)
    for (const transport of ['tcp', 'udp'] as const) assert.equal(registry.status(port, transport), 'unassigned')
  const [port] = ports
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '0.0.0.0', resolve))
  await new Promise((resolve) => server.close(resolve))
  const socket = createSocket('udp4')
  await new Promise<void>((resolve, reject) => socket.once('error', reject).bind(port, '0.0.0.0', resolve))
  await new Promise<void>((resolve) => socket.close(resolve))
})

test('free leaves out a port on which something listens', async (context) => {
  const before = await runCli(['free', '-n', '1', '--range', '20000-30000'])
  const port = Number(before.stdout)
  const server = createServer()
  context.after(() => server.close())
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  const after = await runCli(['free', '-n', '2000', '--range', '20000-30000'])
  assert.ok(after.stdout.length > 0 && !after.stdout.split('\n').includes(String(port)))
})

test('free keeps to the range, the count and the transport asked for, and says when there are fewer', async () => {
  const near = await runCli(['free', '--range', '8000-8999'])
  const ports = near.stdout.trim().split('\n').map(Number)
  assert.equal(near.status, 0)
  assert.equal(ports.length, 10)
  assert.ok(ports.every((port) => port >= 8000 && port <= 8999))
  const few = await runCli(['free', '--range', '970-975', '-n', '50'])
  assert.equal(few.status, 1)
  assert.match(few.stderr, /^Only \d+ of 970–975/)
  const udp = asObjects(JSON.parse((await runCli(['free', '-t', 'udp', '-n', '1', '--json'])).stdout))
  assert.deepEqual(udp[0]?.['transports'], ['udp'])
  const csv = await runCli(['free', '-n', '1', '--csv'])
  assert.match(csv.stdout, /^port,transports\r\n\d+,tcp udp\r\n$/)
})

test('the completions of bash are sound, and complete commands, options and values', async (context) => {
  if (!requirePeers(context, 'bash')) return
  const folder = tempFolder(context)
  const file = join(folder, 'portolan.bash')
  writeFileSync(file, (await runCli(['completion', 'bash'])).stdout)
  await run('bash', ['-n', file])
  const complete = async (...words: readonly string[]): Promise<string[]> => {
    const script = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); _portolan; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout } = await run('bash', ['-c', script, 'bash', file, 'portolan', ...words])
    return stdout.split('\n').filter((line) => line !== '')
  }
  assert.deepEqual(await complete('li'), ['listeners'])
  assert.deepEqual(
    (await complete('')).toSorted(),
    [...Object.keys(COMMAND_LOADERS), 'ls', '--help', '--version'].toSorted(),
  )
  assert.deepEqual(await complete('kill', '--si'), ['--signal'])
  assert.deepEqual(await complete('kill', '--signal', 'K'), ['KILL'])
  assert.deepEqual(await complete('ls', '--transport', ''), ['tcp', 'udp'])
  assert.deepEqual(await complete('registry', 'up'), ['update'])
  assert.deepEqual(await complete('completion', 'z'), ['zsh'])
  assert.deepEqual(await complete('973', '--al'), ['--all'])
})

test('the completions of bash after a port are the options of a port', async (context) => {
  if (!requirePeers(context, 'bash')) return
  const { stdout } = await runCli(['completion', 'bash'])
  const script = `${stdout}\nCOMP_WORDS=(portolan 973 --no); COMP_CWORD=2; _portolan; echo "\${COMPREPLY[@]}"`
  assert.equal((await run('bash', ['-c', script])).stdout, '--no-sockets\n')
})

test('the completions of zsh and fish name every command, and are sound where those shells are', async (context) => {
  for (const shell of ['zsh', 'fish']) {
    await context.test(shell, async (inner) => {
      const { status, stdout } = await runCli(['completion', shell])
      assert.equal(status, 0)
      for (const name of Object.keys(COMMAND_LOADERS)) assert.ok(stdout.includes(name))
      if (!isInPath(shell)) return inner.diagnostic(`${shell} is not here: its syntax was not checked`)
      const file = join(tempFolder(inner), `portolan.${shell}`)
      writeFileSync(file, stdout)
      await run(shell, ['-n', file])
    })
  }
})

test('registry info tells file, date, sources and counts', async () => {
  const { status, stdout } = await runCli(['registry', 'info', '--json'])
  assert.equal(status, 0)
  const told = asObject(JSON.parse(stdout))
  assert.equal(told['updated'], false)
  assert.ok(Number(told['loreEntries']) >= 300)
  assert.ok(asArray(told['sources']).length > 0)
  const text = await runCli(['registry', 'info'])
  assert.match(onOneLine(text.stdout), /as of \d{4}-\d\d-\d\d/)
})

test('registry check finds the data sound, and equal or not to a file', async (context) => {
  const sound = await runCli(['registry', 'check'])
  assert.equal(sound.status, 0)
  const file = join(tempFolder(context), 'whole.csv')
  writeFileSync(file, wholeCsv())
  const differs = await runCli(['registry', 'check', '--from', file])
  assert.equal(differs.status, 1)
  assert.match(differs.stdout, /^\d+ changes:/)
})

test('registry update from a truncated or foreign file is refused with the line, and nothing is replaced', async (context) => {
  const folder = tempFolder(context)
  const env = { PORTOLAN_DATA: join(folder, 'data') }
  const whole = join(folder, 'whole.csv')
  const text = wholeCsv([{ name: 'made-up', ports: '973', transport: 'tcp', description: 'a\nquoted "description"' }])
  writeFileSync(whole, text)
  assert.equal((await runCli(['registry', 'update', '--from', whole, '--force'], { env })).status, 0)
  const before = readdirSync(env.PORTOLAN_DATA).map((name) => [
    name,
    readFileSync(join(env.PORTOLAN_DATA, name), 'hex'),
  ])
  const offers = {
    'in a quote': text.slice(0, text.indexOf('quoted')),
    'in a row': text.slice(0, text.lastIndexOf('1024-49151') + 4),
    foreign: 'name,age\nAda,36\n',
    empty: '',
    html: '<!doctype html>\n<title>Not found</title>\n',
  }
  for (const [name, offered] of Object.entries(offers)) {
    await context.test(name, async () => {
      const file = join(folder, 'offered.csv')
      writeFileSync(file, offered)
      const { status, stdout, stderr } = await runCli(['registry', 'update', '--from', file, '--force'], { env })
      assert.equal(status, 3, stderr)
      assert.equal(stdout, '')
      assert.match(stderr, /line \d+/)
      assert.ok(stderr.includes(file))
      assertNoTrace(stderr)
    })
  }
  const after = readdirSync(env.PORTOLAN_DATA).map((name) => [name, readFileSync(join(env.PORTOLAN_DATA, name), 'hex')])
  assert.deepEqual(after, before)
})

test('registry update from what is not there, is a folder, or is not encrypted says so', async (context) => {
  for (const from of ['/nonexistent/file.csv', tempFolder(context), 'http://localhost/file.csv', '']) {
    await context.test(from, async () => {
      const { status, stdout, stderr } = await runCli(['registry', 'update', `--from=${from}`])
      assert.notEqual(status, 0)
      assert.equal(stdout, '')
      assert.match(stderr, /^portolan: /)
      assert.ok(stderr.includes(from))
      assertNoTrace(stderr)
    })
  }
})

test('free says why a range that the kernel lends to connections has no free ports', async (context) => {
  if (process.platform !== 'linux') return context.skip('needs /proc')
  const [first = 0, last = 0] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')
    .trim()
    .split(/\s+/)
    .map(Number)
  if (first < 1024 || last > 65_535) return context.skip('needs the usual range of lent ports')
  const range = `${first}-${Math.min(last, 49_151)}`
  const { status, stderr } = await runCli(['free', '--range', range])
  assert.equal(status, 1)
  assert.match(stderr, /--ephemeral/)
  assert.equal((await runCli(['free', '-n', '1', '--range', range, '--ephemeral'])).status, 0)
})

test('registry update replaces, lists what changed, and the answers rest on it until revert', async (context) => {
  const folder = tempFolder(context)
  const env = { PORTOLAN_DATA: join(folder, 'data') }
  const file = join(folder, 'whole.csv')
  writeFileSync(file, wholeCsv([{ name: 'made-up', ports: '973', transport: 'tcp', modified: '2026-01-02' }]))
  const refused = await runCli(['registry', 'update', '--from', file], { env })
  assert.equal(refused.status, 3)
  assert.match(refused.stderr, /--force/)
  const done = await runCli(['registry', 'update', '--from', file, '--force', '--all'], { env })
  assert.equal(done.status, 0, done.stderr)
  assert.match(onOneLine(done.stdout), /973 tcp: unassigned → assigned made-up/)
  const now = asObjects(JSON.parse((await runCli(['973', '--json'], { env })).stdout))
  assert.equal(at(now, 0, 'transports', 'tcp', 'status'), 'assigned')
  assert.deepEqual(at(now, 0, 'transports', 'tcp', 'names'), ['made-up'])
  assert.equal(at(now, 0, 'transports', 'tcp', 'asOf'), '2026-01-02')
  const info = asObject(JSON.parse((await runCli(['registry', 'info', '--json'], { env })).stdout))
  assert.equal(info['updated'], true)
  assert.equal((await runCli(['registry', 'revert'], { env })).status, 0)
  const again = asObjects(JSON.parse((await runCli(['973', '--json'], { env })).stdout))
  assert.equal(at(again, 0, 'transports', 'tcp', 'status'), 'unassigned')
})

test('registry revert with nothing to go back to is a clear no', async () => {
  const { status, stdout, stderr } = await runCli(['registry', 'revert'])
  assert.equal(status, 1)
  assert.equal(stdout, '')
  assert.match(stderr, /nothing to go back to/)
})

test('registry revert leads in the end to the data that came with Portolan', async (context) => {
  const folder = tempFolder(context)
  const env = { PORTOLAN_DATA: join(folder, 'data') }
  for (const modified of ['2026-01-01', '2026-01-02']) {
    const file = join(folder, `${modified}.csv`)
    writeFileSync(file, wholeCsv([{ name: 'made-up', ports: '973', transport: 'tcp', modified }]))
    assert.equal((await runCli(['registry', 'update', '--from', file, '--force'], { env })).status, 0)
  }
  const dates: string[] = []
  for (let times = 0; times < 2; times += 1) dates.push((await runCli(['registry', 'revert'], { env })).stdout)
  assert.match(dates[0] ?? '', /2026-01-01/)
  assert.doesNotMatch(dates[1] ?? '', /2026-01-0[12]/)
  assert.equal((await runCli(['registry', 'revert'], { env })).status, 1)
})

test('damaged data is said in words, and names the file', async (context) => {
  const folder = tempFolder(context)
  writeFileSync(join(folder, 'registry.bin'), 'not a registry')
  const { status, stdout, stderr } = await runCli(['973'], { env: { PORTOLAN_DATA: folder } })
  assert.equal(status, 3)
  assert.equal(stdout, '')
  assert.ok(stderr.includes(join(folder, 'registry.bin')))
  assertNoTrace(stderr)
})

test('all 65,536 ports stream as one JSON array, in order, with the status that the registry gives each', async () => {
  const registry = packagedRegistry()
  const child = startCli(['0-65535', '--json', '--no-sockets'])
  let [rest, count] = ['', 0]
  const take = (text: string): void => {
    const report = asObject(JSON.parse(text))
    assert.equal(report['port'], count)
    assert.equal(at(report, 'transports', 'tcp', 'status'), registry.status(count, 'tcp'))
    assert.equal(at(report, 'transports', 'udp', 'status'), registry.status(count, 'udp'))
    count += 1
  }
  const ended = new Promise((resolve) => child.once('close', resolve))
  assert.ok(child.stdout !== null)
  child.stdout.setEncoding('utf8')
  // 366 MB together: more than a string can be, so each element is parsed by itself.
  for await (const chunk of child.stdout) {
    const parts = (rest + String(chunk)).split('\n},\n')
    rest = parts.pop() ?? ''
    for (const part of parts) take(`${part.replace(/^\[\n/, '')}\n}`)
  }
  assert.ok(rest.endsWith('\n}\n]\n'))
  take(rest.slice(0, -2))
  assert.equal(count, 65_536)
  assert.equal(await ended, 0)
})

test('without sockets nothing of this machine is in the answer', async () => {
  const { stdout } = await runCli(['22', '--json', '--no-sockets'])
  assert.deepEqual(at(JSON.parse(stdout), 0, 'listeners'), [])
})

test('listeners as JSON, CSV and table speak of the same sockets', async (context) => {
  const server = createServer()
  context.after(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  assert.ok(address !== null && typeof address !== 'string')
  const port = String(address.port)
  const [json, csv, text] = await Promise.all([
    runCli(['ls', port, '--json', '--transport', 'tcp']),
    runCli(['ls', port, '--csv', '--transport', 'tcp']),
    runCli(['listeners', port, '--transport', 'tcp']),
  ])
  const [listener, ...others] = asObjects(JSON.parse(json.stdout))
  assert.deepEqual(others, [])
  assert.equal(listener?.['address'], '127.0.0.1')
  assert.equal(listener['port'], address.port)
  assert.equal(at(listener, 'process', 'pid'), process.pid)
  for (const field of ['name', 'user', 'command']) assert.match(String(at(listener, 'process', field)), /\S/)
  assert.match(csv.stdout, new RegExp(`\r\ntcp,127\\.0\\.0\\.1,${port},[^,]*,[^,]*,${process.pid},`))
  assert.match(text.stdout, new RegExp(`tcp +127\\.0\\.0\\.1 +${port} .*\\b${process.pid} .*this machine only`))
})

test('listeners of a port on which nothing listens are a clear no', async () => {
  const [free] = asObjects(JSON.parse((await runCli(['free', '-n', '1', '--json'])).stdout))
  const words = ['ls', String(free?.['port'])]
  const { status, stdout, stderr } = await runCli(words)
  assert.equal(status, 1)
  assert.equal(stdout, '')
  assert.match(stderr, /Nothing/)
  assert.deepEqual(JSON.parse((await runCli([...words, '--json'])).stdout), [])
})
