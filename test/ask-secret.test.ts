/** A password is asked for at the terminal without being shown, and from a pipe a line at a time. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { requireLinux, requirePeers } from './support/peers.ts'
import { CLI, cliEnvironment, outcomeOf, runCli } from './support/run-cli.ts'

/** Nothing listens there: the tool ends as soon as it knows the password. */
const NO_SERVER = { PORTOLAN_BINDER_PORT: '1' }
const PROGRAM = [process.execPath, CLI]
const ASKING = [...PROGRAM, 'niutil', '-create', '-p', '-T', '1', '.', '/x']
const FAILURE = /^niutil: can't connect to server for domain \.: communication failed$/m
const NOT_GIVEN = /^niutil: no password was given, and nothing was done$/m

function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(' ')
}

/** Runs the program at a terminal of its own; types what is to be typed when the question has come. */
async function atTerminal(words: readonly string[], typed: readonly (string | Buffer)[], input = ''): Promise<string> {
  const command = `${quoted(words)}${input}`
  const child = spawn('script', ['-qefc', command, '/dev/null'], { env: cliEnvironment(NO_SERVER) })
  const rest = [...typed]
  let shown = ''
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString()
    if (!shown.endsWith(': ')) return
    const next = rest.shift()
    if (next !== undefined) child.stdin.write(next)
  })
  const { stdout } = await outcomeOf(child)
  return stdout.replaceAll('\r\n', '\n')
}

test('what is typed at a terminal is not shown, neither while it is typed nor later', async (context) => {
  if (!requireLinux(context) || !requirePeers(context, 'script')) return
  const shown = await atTerminal(ASKING, ['very-secret\r'])
  assert.match(shown, /^Password: \n/)
  assert.match(shown, FAILURE)
  assert.doesNotMatch(shown, /secret|very/)
})

test('data on standard input do not stand in the way of the question', async (context) => {
  if (!requireLinux(context) || !requirePeers(context, 'script')) return
  const shown = await atTerminal(
    [...PROGRAM, 'niload', '-p', '-T', '1', 'hosts', '.'],
    ['very-secret\r'],
    ' < /etc/hosts',
  )
  assert.match(shown, /^Password: \n/)
  assert.match(shown, /^niload: can't connect to server for domain \.: communication failed$/m)
  assert.doesNotMatch(shown, /secret/)
})

test('Ctrl-C and Ctrl-D at the question end the tool, and the terminal shows what is typed again', async (context) => {
  if (!requireLinux(context) || !requirePeers(context, 'script')) return
  for (const key of ['abc\u0003', '\u0004']) {
    const shown = await atTerminal(ASKING, [key])
    assert.match(shown, NOT_GIVEN)
    assert.doesNotMatch(shown, /abc/)
  }
})

const MODULE = fileURLToPath(new URL('../src/cli/ask-secret.ts', import.meta.url))
const SCRIPT = `import { askSecret } from "${MODULE}"; for (const question of ["one: ", "two: "]) console.log("is " + JSON.stringify(await askSecret(question, false)))`
const ASK_TWICE = ['--input-type=module', '-e', SCRIPT]

test('keys that correct take back a whole character, or the line; each question gets its own line', async (context) => {
  if (!requireLinux(context) || !requirePeers(context, 'script')) return
  for (const [typed, ...answers] of [
    [['ab\u007fc\r', 'next\r'], 'ac', 'next'],
    [['a€\u007f\bb\n', '\r'], 'b', ''],
    [['abc\u0015xyz\r', '\u007f\u007fx\r'], 'xyz', 'x'],
    [[Buffer.from('a\u00e9\r', 'latin1'), '\u0003'], 'a\udce9', null],
  ] as const) {
    const shown = await atTerminal([process.execPath, ...ASK_TWICE], typed)
    assert.equal(shown, `one: \nis ${JSON.stringify(answers[0])}\ntwo: \nis ${JSON.stringify(answers[1])}\n`)
  }
})

test('where there is no terminal a line of standard input is the answer, and the rest stays there', async (context) => {
  if (!requireLinux(context) || !requirePeers(context, 'setsid')) return
  const ask = async (input: string): Promise<string> => {
    const child = spawn('setsid', ['-w', process.execPath, ...ASK_TWICE], { env: cliEnvironment() })
    child.stdin.end(input)
    return (await outcomeOf(child)).stdout
  }
  assert.equal(await ask('first\r\nsecond'), 'is "first"\nis "second"\n')
  assert.equal(await ask('\n'), 'is ""\nis null\n')
})

test('where standard input holds data and there is no terminal, there is no answer', async (context) => {
  if (!requireLinux(context) || !requirePeers(context, 'setsid')) return
  const words = ['niload', '-p', 'hosts', '.']
  const { status, stdout, stderr } = await runCli(words, {
    input: 'secret-data\n',
    through: ['setsid', '-w'],
    env: NO_SERVER,
  })
  assert.deepEqual([status, stdout], [1, ''])
  assert.equal(stderr, 'niload: no password was given, and nothing was done\n')
})

test('a password given with -P leaves the list of processes, and never stands in a message', async (context) => {
  if (!requireLinux(context)) return
  const { status, stdout, stderr } = await runCli(['niutil', '-create', '-P', 'secret', '-T', '1', '.', '/x'], {
    env: NO_SERVER,
  })
  assert.equal(status, 199)
  assert.doesNotMatch(stdout + stderr, /secret/)
  const module = fileURLToPath(new URL('../src/cli/netinfo/target.ts', import.meta.url))
  const script = `import { hidePassword } from "${module}"; import { readFileSync } from "node:fs"; hidePassword({ flags: [], values: new Map([["P", "secret"]]), operands: [] }, "niutil"); console.log(JSON.stringify(readFileSync("/proc/self/cmdline", "utf8")))`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, '--', '-P', 'secret'], {
    env: cliEnvironment(),
  })
  const told = (await outcomeOf(child)).stdout
  assert.match(told, /niutil/)
  assert.doesNotMatch(told, /secret/)
})
