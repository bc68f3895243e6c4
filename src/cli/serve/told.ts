/** What `portolan serve` says when it is ready: where it answers, and what a client can ask. */
import { printable } from '../../core/index.ts'
import type { Listener } from '../../listeners/index.ts'
import type { Site } from '../../netinfo/index.ts'
import type { WebServer } from '../../web/index.ts'
import type { Style } from '../style.ts'
import { paragraph } from '../style.ts'

const LOCAL_PORT = 1033
/** Of what listens here; `portolan ls` lists all. */
const LISTENERS_SHOWN = 10

export interface Ready {
  readonly site: Site
  /** Null where there are no pages. */
  readonly web: Pick<WebServer, 'origin' | 'signInLink'> | null
  readonly mainTag: string
  readonly dataFolder: string
  /** In sentences: what was put into a new domain. */
  readonly loaded: readonly string[]
  /** What listens on this machine, and how it is shown. */
  readonly listeners: readonly Listener[]
  readonly table: (listeners: readonly Listener[]) => string
  readonly isDefaultFolder: boolean
}

/** Where servers answer, as text; stable enough for a script to read `ADDRESS:PORT` out of it. */
export function readyText(
  { site, web, mainTag, dataFolder, loaded, listeners, table, isDefaultFolder }: Ready,
  style: Style,
): string {
  const servers = site.domains.servers.map(({ tag, host, tcpPort, udpPort }) => {
    const where = tcpPort === udpPort ? `${host}:${tcpPort}` : `${host}:${tcpPort} (TCP), ${udpPort} (UDP)`
    return row(`domain ${tag}`, where, style)
  })
  const binder = site.binderAt === null ? 'none' : `${site.binderAt.host}:${site.binderAt.udpPort}`
  const lines = [
    `${style.bold('Portolan')} serves ${printable(dataFolder)}\n`,
    ...(web === null ? [] : pageRows(web, style)),
    ...servers,
    row('binder', `${binder}${announcedText(site)}`, style),
    ...loaded.map((each) => paragraph(each, style.width, '  ')),
    `\n${style.bold('On this machine')}\n`,
    listeners.length === 0 ? '  Nothing listens.\n' : table(listeners.slice(0, LISTENERS_SHOWN)),
    more(listeners.length - LISTENERS_SHOWN, style),
    `\n${style.bold('To ask it')}\n`,
    ...examples(
      site,
      mainTag,
      `${mainTag === 'local' ? '' : ` --domain ${mainTag}`}${isDefaultFolder ? '' : ` --data ${dataFolder}`}`,
    ).map((each) => `  ${style.cyan(each)}\n`),
    '\nCtrl-C ends it.\n',
  ]
  return lines.join('')
}

function more(count: number, style: Style): string {
  return count <= 0 ? '' : paragraph(`… and ${count} more: portolan ls lists them.`, style.width, '  ')
}

function pageRows({ origin, signInLink }: NonNullable<Ready['web']>, style: Style): readonly string[] {
  if (signInLink === null) return [row('pages', origin, style)]
  return [row('pages', origin, style), row('sign in', `${signInLink} (once, within 15 minutes)`, style)]
}

function row(what: string, where: string, style: Style): string {
  return `  ${what.padEnd(16)}${style.cyan(where)}\n`
}

function announcedText({ announced, binderAt }: Site): string {
  if (binderAt === null) return ''
  if (announced.by === 'nobody') return `, not known to a portmapper: ${announced.reason}`
  return announced.by === 'rpcbind' ? ', registered with rpcbind' : ', by a portmapper of its own'
}

/** A client finds the local domain by its fixed port, another through a portmapper; else it must be told the binder's port. */
function examples(site: Site, mainTag: string, data: string): readonly string[] {
  const server = site.domains.get(mainTag)
  const isFixed = mainTag === 'local' && server?.tcpPort === LOCAL_PORT
  const isFound = isFixed || site.announced.by !== 'nobody'
  const host = server === undefined || server.host === '0.0.0.0' ? '127.0.0.1' : server.host
  const domain = isFixed ? '.' : `-t ${host}/${mainTag}`
  const env = isFound || site.binderAt === null ? '' : `PORTOLAN_BINDER_PORT=${site.binderAt.udpPort} `
  return [
    `${env}portolan niutil -list ${domain} /users`,
    `${env}portolan niutil -read ${domain} /services/ssh`,
    `${env}portolan nidump group ${domain}`,
    `portolan log${data}`,
  ]
}
