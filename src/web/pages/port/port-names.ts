/** Under which names a port is known, in a page's title, heading and description. */
import type { PortReport, ReportedUse } from '../../../answer/index.ts'
import type { View } from '../../i18n/view.ts'

/** More names than these are no help in a heading. */
const NAMES_MAX = 3
const YEAR_CHARS = 4

export interface KnownAs {
  /** The registry's names before those that it leaves out; empty where none is known. */
  readonly names: readonly string[]
  /** For a ghost: the last year of its last service, where that is known. */
  readonly until: string | null
}

export function knownAs({ transports, unofficialUses, registeredUses, ghost }: PortReport): KnownAs {
  if (ghost) {
    const services = [...unofficialUses, ...registeredUses].filter(({ category }) => category !== 'malware')
    const years = services.flatMap(({ era }) => era?.until?.slice(0, YEAR_CHARS) ?? [])
    return { names: firstOf(services.map(({ name }) => name)), until: years.toSorted().at(-1) ?? null }
  }
  const official = Object.values(transports).flatMap(({ names }) => names.slice(0, 1))
  const narrow = unofficialUses.filter(isNarrow)
  const current = narrow.filter(({ state }) => state === 'current')
  // What is gone is in a heading only where nothing is left to name.
  const others = official.length + current.length > 0 ? current : narrow
  return { names: firstOf([...official, ...others.map(({ name }) => name)]), until: null }
}

/** A use of a wide range says little of each of its ports. */
function isNarrow({ uses, category }: ReportedUse): boolean {
  return category !== 'malware' && uses.some(({ ports }) => ports.some((each) => !each.includes('-')))
}

function firstOf(names: readonly string[]): readonly string[] {
  return [...new Set(names)].slice(0, NAMES_MAX)
}

export function titleOf(view: View, port: number, { names, until }: KnownAs): string {
  const number = view.digits(port)
  if (names.length === 0) return view.t('port.title', { port: number })
  const named = { port: number, names: view.list(names) }
  return until === null
    ? view.t('port.title.named', named)
    : view.t('port.title.ghost', { ...named, year: view.digits(until) })
}

export function descriptionOf(view: View, report: PortReport, { names, until }: KnownAs): string {
  const told = { port: view.digits(report.port), status: statusWords(view, report) }
  if (names.length === 0) return view.t('port.description', told)
  const named = { ...told, names: view.list(names) }
  return until === null
    ? view.t('port.description.named', named)
    : view.t('port.description.ghost', { ...named, year: view.digits(until) })
}

/** The statuses of all transports, each once. */
export function statusWords(view: View, { transports }: PortReport): string {
  const statuses = new Set(Object.values(transports).map(({ status }) => status))
  return view.list([...statuses].map((status) => view.t(`common.status.${status}`)))
}
