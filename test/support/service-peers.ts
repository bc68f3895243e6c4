/** Real services on free ports of the loopback, each with a folder of its own, run by a user who may do nothing, and ended with the test. */
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { chownSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { atEnd } from './at-end.ts'
import { end } from './namespaces.ts'
import { tempFolder } from './temp-folder.ts'
import { until } from './until.ts'

/** Debian's user and group `nobody`: PostgreSQL refuses root, and the others need no more. */
const NOBODY = 65_534
const isRoot = process.getuid?.() === 0
const USER = isRoot ? { uid: NOBODY, gid: NOBODY } : {}

/** A folder that the services can write to. */
export function serviceFolder(context: Pick<TestContext, 'after'>): string {
  const folder = tempFolder(context)
  if (isRoot) chownSync(folder, NOBODY, NOBODY)
  return folder
}

/** A port that was free just now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

/** Runs a program to its end, as the services' user. */
export function runAsService(folder: string, program: string, ...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { ...USER, cwd: folder, encoding: 'utf8' })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`)
}

/** Starts a service, and waits until its port takes connections. */
export async function startService(
  context: Pick<TestContext, 'after'>,
  folder: string,
  port: number,
  program: string,
  ...args: readonly string[]
): Promise<ChildProcess> {
  const child = spawn(program, args, { ...USER, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.once('error', (error) => (said += error.message))
  // PostgreSQL's word for an end at once.
  atEnd(context, () => end(child, 'SIGQUIT'))
  let isListening = false
  await until(`${program} takes connections`, () => {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}: ${said}`)
    const socket = connect(port, '127.0.0.1', () => {
      isListening = true
      socket.destroy()
    })
    socket.on('error', () => undefined)
    return isListening ? true : null
  })
  return child
}

export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** A certificate of its own for `chart.example`, and its key, as files. */
export function makeCertificate(folder: string): Certificate {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const names = 'subjectAltName=DNS:chart.example,DNS:www.chart.example,IP:127.0.0.1'
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30']
  const words = ['-subj', '/O=Portolan/CN=chart.example', '-addext', names, '-keyout', key, '-out', cert]
  runAsService(folder, 'openssl', 'req', '-x509', ...made, ...words)
  return { cert, key }
}
