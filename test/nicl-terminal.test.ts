/** nicl at a terminal: prompt, answers, Ctrl-C and the farewell. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { requireLinux, requirePeers } from './support/peers.ts'
import { CLI, cliEnvironment, outcomeOf, runCli } from './support/run-cli.ts'
import { tempFolder } from './support/temp-folder.ts'

// oxlint-disable-next-line no-control-regex -- what a terminal is told
const CONTROL = /\u001b\[[0-9]*[A-Za-z]/g
/** Where the program waits for a line. */
const WAITING = /(?: > |\[y\/N\] )$/

async function store(context: TestContext): Promise<string> {
  const file = join(tempFolder(context), 'ada.mdb')
  const input = 'create /users/pia\ncreate /users/jon\n'
  assert.equal((await runCli(['nicl', '-c', '-raw', file], { input })).status, 0)
  return file
}

/** Types a line each time that the program waits for one; gives what the terminal showed, without its controls. */
async function typed(words: readonly string[], keys: readonly string[]): Promise<string> {
  const command = [process.execPath, CLI, 'nicl', ...words].map((word) => `'${word}'`).join(' ')
  const child = spawn('script', ['-qefc', command, '/dev/null'], { env: cliEnvironment() })
  const rest = [...keys]
  let shown = ''
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString().replaceAll(CONTROL, '')
    if (!WAITING.test(shown)) return
    const next = rest.shift()
    shown += '\n'
    if (next !== undefined) child.stdin.write(next)
  })
  await outcomeOf(child)
  return shown.replaceAll('\r', '')
}

test('nicl shows where one is, does what is typed, and says goodbye', async (context) => {
  if (!requireLinux(context) || !requirePeers(context, 'script')) return
  const shown = await typed(['-raw', await store(context)], ['ls\r', 'cd users\r', 'ls\r', 'nix\r', 'quit\r'])
  assert.match(shown, /^\/ > \nls\n+1 {10}users\n\/ > \n/)
  assert.match(shown, /\n\/users > \nls\n+2 {10}pia\n3 {10}jon\n/)
  assert.match(shown, /\nnicl: there is no command 'nix'\n/)
  assert.match(shown, /\nGoodbye\n$/)
})

test('nicl ends at the end of input; -q takes prompt and farewell away', async (context) => {
  if (!requireLinux(context) || !requirePeers(context, 'script')) return
  const file = await store(context)
  assert.match(await typed(['-raw', file], ['\u0004']), /Goodbye\n$/)
  const command = `'${process.execPath}' '${CLI}' nicl -q -raw '${file}'`
  const child = spawn('script', ['-qefc', command, '/dev/null'], { env: cliEnvironment() })
  child.stdin.write('ls\rquit\r')
  const { stdout } = await outcomeOf(child)
  assert.match(stdout, /1 {10}users/)
  assert.doesNotMatch(stdout, /> |Goodbye/)
})

test('nicl -i asks before it deletes a directory, and takes only a yes for one', async (context) => {
  if (!requireLinux(context) || !requirePeers(context, 'script')) return
  const shown = await typed(
    ['-i', '-raw', await store(context)],
    ['rm /users/jon\r', 'n\r', 'ls /users\r', 'rm /users/jon\r', 'y\r', 'ls /users\r', 'quit\r'],
  )
  assert.equal(shown.split('Delete /users/jon and all below it? [y/N]').length, 3)
  // Listed after the no, and no more after the yes.
  assert.equal(shown.match(/^3 {10}jon$/gm)?.length, 1)
  assert.match(shown, /ls \/users\n+2 {10}pia\n\/ > /)
})

test('Ctrl-C at the prompt gives up the line', async (context) => {
  if (!requireLinux(context) || !requirePeers(context, 'script')) return
  const shown = await typed(['-raw', await store(context)], ['rm /users\u0003', 'ls\r', 'quit\r'])
  assert.match(shown, /1 {10}users\n/)
  assert.match(shown, /Goodbye\n$/)
})
