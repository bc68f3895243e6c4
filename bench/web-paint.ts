/**
 * Pages in a browser that draws in software: how soon they are seen, and the longest that any task takes while the chart is zoomed
 * and moved, read from Chromium's own trace.
 */
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import * as v from 'valibot'
import { median } from './measure.ts'
import type { Row } from './table.ts'

const CHROMIUM = '/usr/bin/chromium'
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']
const LOADS = 9
const PORT_PAINT_AIM_MS = 300
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

/** A new profile each time: nothing is kept from the load before. */
async function firstPaintMs(browser: Browser, address: string, shown: string): Promise<number> {
  const profile = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  try {
    const page = await profile.newPage()
    await page.goto(address, { waitUntil: 'load' })
    await page.locator(shown).waitFor()
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

/** What a reader waits for, and what they feel while they zoom; empty where there is no Chromium. */
export async function benchPaint(origin: string): Promise<readonly Row[]> {
  if (!existsSync(CHROMIUM)) {
    console.error(`bench: ${CHROMIUM} is not there, so what a browser paints is not measured`)
    return []
  }
  console.error('bench: pages in a browser …')
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  try {
    const port = await paintsOf(browser, `${origin}/ports/973`, 'h1')
    const chart = await paintsOf(browser, `${origin}/en/chart`, '#chart canvas')
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, deviceScaleFactor: 2 })
    await page.goto(`${origin}/en/chart`)
    await page.locator('#chart-state:not(:empty)').waitFor()
    const traced = await traceZooming(browser, page)
    const aim = (work: string, ours: number, theirs: number): Row => ({
      work,
      ours,
      peer: 'the aim',
      theirs,
      unit: 'ms',
      aim: 1,
    })
    return [
      aim(`/ports/973: first paint, median of ${LOADS}`, median(port), PORT_PAINT_AIM_MS),
      aim(`/chart: first paint, median of ${LOADS}`, median(chart), PAINT_AIM_MS),
      aim('the slowest of them', Math.max(...chart), PAINT_AIM_MS),
      aim(`the longest task of the page in ${2 * TURNS} turns of the wheel`, traced.page.clockMs, FRAME_AIM_MS),
      aim('the same, of the processor', traced.page.processorMs, FRAME_AIM_MS),
      aim('the longest task of drawing it, in software', traced.raster.clockMs, FRAME_AIM_MS),
      aim('the same, of the processor', traced.raster.processorMs, FRAME_AIM_MS),
    ]
  } finally {
    await browser.close()
  }
}

/** The first load, which warms the browser up, is left out. */
async function paintsOf(browser: Browser, address: string, shown: string): Promise<readonly number[]> {
  await firstPaintMs(browser, address, shown)
  const paints: number[] = []
  for (let load = 0; load < LOADS; load += 1) paints.push(await firstPaintMs(browser, address, shown))
  return paints
}
