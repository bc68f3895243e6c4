/**
 * The page of a port beside one static file of the same size from nginx, both asked by wrk in turns, on the same cores and by the
 * same requests: nginx answers each with its one file.
 */
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import * as v from 'valibot'
import { isInstalled, median } from './measure.ts'
import type { Row } from './table.ts'
import { benchPaint } from './web-paint.ts'
import { startPortolan } from './web-server.ts'
import type { Running } from './web-server.ts'

export interface WebBench {
  /** The program as it is installed. */
  readonly portolan: string
  /** For the files of both servers; it is there, and is removed by the caller. */
  readonly folder: string
  readonly isQuick: boolean
}

const CONNECTIONS = 50
/** As many pages as are looked at to learn their mean size. */
const SAMPLE = 500
const P99_MOST_MS = 10
/** What the server may take with all pages of a language learnt or kept, in kB. */
const MEMORY_MOST = 400_000
const fixtures = join(import.meta.dirname, 'fixtures')

const wrkSchema = v.object({
  requests: v.number(),
  us: v.number(),
  bytes: v.number(),
  p99us: v.number(),
  failed: v.number(),
})
type Load = v.InferOutput<typeof wrkSchema>

export async function benchWeb({ portolan, folder, isQuick }: WebBench): Promise<readonly Row[]> {
  for (const program of ['wrk', 'nginx'])
    if (!isInstalled(program) && spawnSync(program, ['-v']).error !== undefined) {
      console.error(`bench: ${program} is not installed, so the pages are not measured`)
      return []
    }
  const [seconds, rounds] = isQuick ? [3, 3] : [8, 5]
  const ours = await startPortolan(portolan, join(folder, 'web-data'))
  try {
    const painted = await benchPaint(ours.origin)
    const size = await meanSize(ours.origin)
    const nginx = await startNginx(join(folder, 'nginx'), size)
    try {
      const loads = { ours: [] as Load[], nginx: [] as Load[] }
      runWrk(ours.origin, seconds)
      for (let round = 0; round < rounds; round += 1) {
        console.error(`bench: pages, round ${round + 1} of ${rounds} …`)
        loads.nginx.push(runWrk(nginx.origin, seconds))
        loads.ours.push(runWrk(ours.origin, seconds))
      }
      return [...rowsOf(loads, size, memoryOf(ours.child)), ...painted]
    } finally {
      nginx.child.kill('SIGTERM')
    }
  } finally {
    ours.child.kill('SIGTERM')
  }
}

function rowsOf(
  loads: { readonly ours: readonly Load[]; readonly nginx: readonly Load[] },
  size: number,
  kB: number,
): readonly Row[] {
  const each = (list: readonly Load[]): number => median(list.map(({ requests, us }) => us / requests))
  const p99 = (list: readonly Load[]): number => median(list.map(({ p99us }) => p99us / 1000))
  const work = `/ports/N of random N, ${CONNECTIONS} connections, ${Math.round(size / 1000)} kB`
  return [
    {
      work: `${work}: time of one (${inSecond(each(loads.ours))}/s)`,
      ours: each(loads.ours) * 1000,
      peer: `nginx, one file (${inSecond(each(loads.nginx))}/s)`,
      theirs: each(loads.nginx) * 1000,
      unit: 'ns',
      aim: 2,
    },
    { work: `${work}: p99`, ours: p99(loads.ours), peer: 'the aim', theirs: P99_MOST_MS, unit: 'ms', aim: 1 },
    { work: 'memory of the server after it', ours: kB, peer: 'bound', theirs: MEMORY_MOST, unit: 'kB', aim: 1 },
  ]
}

function inSecond(us: number): string {
  return Math.round(1e6 / us).toLocaleString('en-US')
}

async function meanSize(origin: string): Promise<number> {
  let bytes = 0
  for (let index = 0; index < SAMPLE; index += 1) {
    const answer = await fetch(`${origin}/ports/${(index * 7919) % 65_536}`, {
      headers: { 'accept-encoding': 'identity' },
    })
    if (answer.status !== 200) throw new Error(`a page was answered with ${answer.status}`)
    bytes += (await answer.arrayBuffer()).byteLength
  }
  return bytes / SAMPLE
}

async function startNginx(folder: string, size: number): Promise<Running> {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'page.html'), 'a'.repeat(Math.round(size)))
  const port = await freePort()
  const config = join(folder, 'nginx.conf')
  writeFileSync(
    config,
    `${process.getuid?.() === 0 ? 'user root; ' : ''}daemon off; pid ${folder}/pid; error_log ${folder}/errors; worker_processes auto;
events { worker_connections 1024; }
http { access_log off; sendfile on; keepalive_requests 1000000;
  types { text/html html; }
  client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder}; uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
  server { listen 127.0.0.1:${port}; root ${folder}; location /ports/ { try_files /page.html =404; } } }
`,
  )
  const child = spawn('nginx', ['-c', config, '-p', folder], { stdio: ['ignore', 'inherit', 'inherit'] })
  const origin = `http://127.0.0.1:${port}`
  for (;;) {
    try {
      const answer = await fetch(`${origin}/page.html`)
      if (answer.status !== 200) throw new Error(`nginx answers its file with ${answer.status}`)
      return { origin, child }
    } catch (error) {
      if (child.exitCode !== null || !(error instanceof TypeError)) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return address.port
}

function runWrk(url: string, seconds: number): Load {
  const words = [
    '-t',
    '1',
    '-c',
    String(CONNECTIONS),
    '-d',
    `${seconds}s`,
    '-s',
    join(fixtures, 'random-port.lua'),
    url,
  ]
  const { error, stdout, stderr } = spawnSync('wrk', words, { encoding: 'utf8' })
  const line = stdout?.split('\n').find((each) => each.startsWith('{'))
  if (error !== undefined || line === undefined) throw error ?? new Error(`wrk failed: ${stderr}`)
  const load = v.parse(wrkSchema, JSON.parse(line))
  if (load.failed > 0) throw new Error(`${load.failed} requests of ${url} failed`)
  return load
}

/** Resident, in kB. */
function memoryOf({ pid = 0 }: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
}
