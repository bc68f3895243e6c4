/**
 * The chart in a browser that draws in software: how soon it is seen, and the longest that any task takes while it is zoomed and
 * moved, read from Chromium's own trace.
 *
 *     node bench/web-chart.ts
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import * as v from 'valibot'
import { median } from './measure.ts'
import { renderRows } from './table.ts'

const CHROMIUM = '/usr/bin/chromium'
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']
const LOADS = 9
const PAINT_AIM_MS = 500
const FRAME_AIM_MS = 50
/** From the whole chart to squares as large as names and back, a frame between two turns of the wheel. */
const TURNS = 40

const traceSchema = v.object({
  traceEvents: v.array(
    v.object({
      name: v.string(),
      ph: v.string(),
      pid: v.number(),
      tid: v.number(),
      /** In µs: from its begin to its end, and of the processor alone. */
      dur: v.optional(v.number()),
      tdur: v.optional(v.number()),
      args: v.optional(v.object({ name: v.optional(v.unknown()) })),
    }),
  ),
})

/** Of the longest task: what it took by the clock, and of the processor; they differ where others keep the machine busy. */
interface Longest {
  readonly clockMs: number
  readonly processorMs: number
}

interface Traced {
  /** Of the page's own thread: script, layout, recording what is drawn. */
  readonly page: Longest
  /** Of the threads that turn it into points. */
  readonly raster: Longest
}

async function startServer(data: string): Promise<{ readonly origin: string; readonly stop: () => void }> {
  const portolan = join(import.meta.dirname, '..', 'bin', 'portolan.cjs')
  const words = ['serve', '--netinfo', '127.0.0.1:0', '--binder', 'none', '--portmap', 'none', '--http', '127.0.0.1:0']
  const child = spawn(process.execPath, [portolan, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PORTOLAN_DATA: data },
  })
  const origin = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      const found = /http:\/\/\S+?:\d+/.exec(text)
      if (found !== null) resolve(found[0])
    })
    child.once('exit', () => reject(new Error(`the server ended before it was ready: ${text}`)))
  })
  return { origin, stop: () => void child.kill('SIGTERM') }
}

/** A new profile each time: nothing is kept from the load before. */
async function firstPaintMs(browser: Browser, address: string): Promise<number> {
  const profile = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  try {
    const page = await profile.newPage()
    await page.goto(address, { waitUntil: 'load' })
    await page.locator('#chart canvas').waitFor()
    const paint = await page.evaluate(
      "new Promise((resolve) => new PerformanceObserver((list) => { for (const each of list.getEntries()) if (each.name === 'first-contentful-paint') resolve(each.startTime) }).observe({ type: 'paint', buffered: true }))",
    )
    return v.parse(v.number(), paint)
  } finally {
    await profile.close()
  }
}

async function traceZooming(browser: Browser, page: Page): Promise<Traced> {
  const canvas = page.locator('#chart canvas')
  // Where the most is assigned, and the most names are.
  await canvas.hover({ position: { x: 250, y: 60 } })
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', '__metadata'] })
  for (const direction of [-1, 1])
    for (let turn = 0; turn < TURNS; turn += 1) {
      await page.mouse.wheel(0, direction * 60)
      await page.evaluate('new Promise(requestAnimationFrame)')
    }
  const { traceEvents } = v.parse(traceSchema, JSON.parse((await browser.stopTracing()).toString()))
  const threads = new Map(
    traceEvents
      .filter(({ name }) => name === 'thread_name')
      .map(({ pid, tid, args }) => [`${pid} ${tid}`, String(args?.name)]),
  )
  const longest = (isWanted: (thread: string) => boolean): Longest => {
    const tasks = traceEvents.filter(({ ph, pid, tid }) => ph === 'X' && isWanted(threads.get(`${pid} ${tid}`) ?? ''))
    return {
      clockMs: tasks.reduce((most, { dur = 0 }) => Math.max(most, dur / 1000), 0),
      processorMs: tasks.reduce((most, { tdur = 0 }) => Math.max(most, tdur / 1000), 0),
    }
  }
  return {
    page: longest((thread) => thread === 'CrRendererMain'),
    raster: longest((thread) => /CompositorTileWorker|CrGpuMain|VizCompositor|ThreadPoolForeground/.test(thread)),
  }
}

const data = mkdtempSync(join(tmpdir(), 'portolan-bench-chart-'))
const server = await startServer(data)
const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
try {
  const address = `${server.origin}/en/chart`
  await firstPaintMs(browser, address)
  const paints: number[] = []
  for (let load = 0; load < LOADS; load += 1) paints.push(await firstPaintMs(browser, address))
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, deviceScaleFactor: 2 })
  await page.goto(address)
  await page.locator('#chart-state:not(:empty)').waitFor()
  const traced = await traceZooming(browser, page)
  const aim = (work: string, ours: number, theirs: number) =>
    ({ work, ours, peer: 'the aim', theirs, unit: 'ms', aim: 1 }) as const
  console.log(
    renderRows([
      aim(`/chart: first paint, median of ${LOADS}`, median(paints), PAINT_AIM_MS),
      aim('the slowest of them', Math.max(...paints), PAINT_AIM_MS),
      aim(`the longest task of the page in ${2 * TURNS} turns of the wheel`, traced.page.clockMs, FRAME_AIM_MS),
      aim('the same, of the processor', traced.page.processorMs, FRAME_AIM_MS),
      aim('the longest task of drawing it, in software', traced.raster.clockMs, FRAME_AIM_MS),
      aim('the same, of the processor', traced.raster.processorMs, FRAME_AIM_MS),
    ]),
  )
} finally {
  await browser.close()
  server.stop()
  rmSync(data, { recursive: true, force: true })
}
