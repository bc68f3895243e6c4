/** The years of a use as a line: from the first networks to today, the same for every use, so that two can be compared. */
import { raw } from 'hono/html'
import type { ReportedUse } from '../../../answer/index.ts'
import type { View } from '../../i18n/view.ts'
import type { Markup } from '../layout.ts'

/** The ARPANET's first sockets had numbers in 1970; no use is older. */
const FIRST_YEAR = 1970
const DECADE = 10
/** The drawing's own units: twelve a year, so that months could be told apart. */
const YEAR_UNITS = 12
const AXIS_Y = 14
const LABEL_Y = 30
/** Labels of two decades do not touch on a phone. */
const LABELLED_YEARS = 20

/** Nothing where neither end is known. The words beside it say the same: it is hidden from readers of the screen. */
export function eraLine(view: View, { era, state }: ReportedUse, lastYear: number): Markup {
  const from = yearOf(era?.from ?? null)
  const until = yearOf(era?.until ?? null)
  if (from === null && until === null) return raw('')
  const x = (year: number): number => (Math.min(Math.max(year, FIRST_YEAR), lastYear) - FIRST_YEAR) * YEAR_UNITS
  const width = x(lastYear)
  const [start, end] = [x(from ?? FIRST_YEAR), x(until ?? lastYear)]
  const decades: string[] = []
  for (let year = FIRST_YEAR; year <= lastYear; year += DECADE) {
    decades.push(`<path class="tick" d="M${x(year)} ${AXIS_Y - 4}v8"/>`)
    if ((year - FIRST_YEAR) % LABELLED_YEARS === 0)
      decades.push(
        `<text x="${x(year)}" y="${LABEL_Y}" text-anchor="${year === FIRST_YEAR ? 'start' : 'middle'}">${view.digits(year)}</text>`,
      )
  }
  const kind = state === 'extinct' ? 'gone' : 'current'
  // An end that nobody has told is open: the bar fades there.
  const open = `${from === null ? ' from-unknown' : ''}${until === null && state === 'extinct' ? ' until-unknown' : ''}`
  return raw(
    `<svg class="era ${kind}${open}" viewBox="-4 0 ${width + 8} 34" aria-hidden="true" direction="ltr"><path class="axis" d="M0 ${AXIS_Y}h${width}"/>${decades.join('')}<rect x="${start}" y="${AXIS_Y - 5}" width="${Math.max(end - start, YEAR_UNITS / 2)}" height="10" rx="5"/></svg>`,
  )
}

function yearOf(day: string | null): number | null {
  const year = Number(day?.slice(0, 4) ?? Number.NaN)
  return Number.isInteger(year) ? year : null
}
