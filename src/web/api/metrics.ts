/**
 * Counts of what the server does, in the text format of Prometheus (its documentation, "Exposition formats", version 0.0.4).
 *
 * Labels have few values each: a route is told by its pattern, never by its path, and a method that HTTP does not know as `other`.
 */
import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import type { WebEnv } from '../env.ts'

/** Upper ends in seconds: a page is to take some milliseconds, and what takes 10 s is lost. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

export interface Gauge {
  readonly name: string
  readonly help: string
  readonly values: readonly { readonly labels?: Readonly<Record<string, string>>; readonly value: number }[]
}

interface Series {
  readonly labels: string
  requests: number
  seconds: number
  readonly buckets: number[]
}

export class Metrics {
  readonly #series: Map<string, Series> = new Map()

  observe(method: string, route: string, status: number, seconds: number): void {
    const name = METHODS.has(method) ? method : 'other'
    const key = `${name} ${status} ${route}`
    let series = this.#series.get(key)
    if (series === undefined) {
      const labels = labelsOf({ method: name, route, status: String(status) })
      series = { labels, requests: 0, seconds: 0, buckets: BUCKETS.map(() => 0) }
      this.#series.set(key, series)
    }
    series.requests += 1
    series.seconds += seconds
    const index = BUCKETS.findIndex((end) => seconds <= end)
    if (index !== -1) series.buckets[index] = (series.buckets[index] ?? 0) + 1
  }

  /** All that was counted, and what is measured now. */
  toText(gauges: readonly Gauge[]): string {
    const all = [...this.#series.values()]
    return [
      ...headOf('portolan_http_requests_total', 'counter', 'Requests answered.'),
      ...all.map(({ labels, requests }) => `portolan_http_requests_total{${labels}} ${requests}`),
      ...headOf('portolan_http_request_duration_seconds', 'histogram', 'Time until an answer was ready to be sent.'),
      ...all.flatMap(histogramOf),
      ...gauges.flatMap(gaugeLines),
      '',
    ].join('\n')
  }
}

function headOf(name: string, type: 'counter' | 'gauge' | 'histogram', help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`]
}

function histogramOf({ labels, requests, seconds, buckets }: Series): string[] {
  const name = 'portolan_http_request_duration_seconds'
  let sum = 0
  const lines = BUCKETS.map((end, index) => {
    sum += buckets[index] ?? 0
    return `${name}_bucket{${labels},le="${end}"} ${sum}`
  })
  return [
    ...lines,
    `${name}_bucket{${labels},le="+Inf"} ${requests}`,
    `${name}_sum{${labels}} ${seconds}`,
    `${name}_count{${labels}} ${requests}`,
  ]
}

function gaugeLines({ name, help, values }: Gauge): string[] {
  return [
    ...headOf(name, 'gauge', help),
    ...values.map(({ labels, value }) =>
      labels === undefined ? `${name} ${value}` : `${name}{${labelsOf(labels)}} ${value}`,
    ),
  ]
}

function labelsOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(
      ([name, value]) => `${name}="${value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')}"`,
    )
    .join(',')
}

/** Counts each request when its answer is ready; it stands in front of everything else. */
export function measure(metrics: Metrics): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    const startedMs = performance.now()
    await next()
    metrics.observe(c.req.method, routePath(c), c.res.status, (performance.now() - startedMs) / 1000)
  }
}
