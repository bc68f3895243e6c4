import { LOG_LEVELS, PortolanError, makeLog, messageOf } from '../../core/index.ts'
import type { Log } from '../../core/index.ts'
import type { Domain } from '../../directory/index.ts'
import type { HttpAt, WebServer } from '../../web/index.ts'
import type { WebAccess } from '../serve/web-options.ts'
import type { Arguments, Command, Context } from '../command.ts'
import { DATA_OPTION, dataFolderOf, tagOf } from '../domain-options.ts'

const LOOPBACK = '127.0.0.1'
const ADDRESS = 'ADDR:PORT'

export const command: Command = {
  name: 'serve',
  summary: 'serve the directory and the chart: NetInfo and HTTP, for this machine or a network',
  usage: ['portolan serve [OPTION]…'],
  description: [
    'Serves the domains of the data folder until it is ended (Ctrl-C or SIGTERM; both finish what is under way). The domain TAG is created when it is not there, with this machine as its master.',
    "It listens on the loopback unless it is told an address. The NetInfo protocol has no encryption, and lets everybody read: see docs/how-to/netinfo-safety.md before you give it a network's address.",
    'A new domain without a parent is a root: its /services gets the entries of the registry, and what a later registry changes of them at each start. SIGHUP forgets the parent that was found, and looks for it again.',
  ],
  options: [
    DATA_OPTION,
    { name: 'domain', argument: 'TAG', help: 'The domain that gets the address of --netinfo (default local).' },
    {
      name: 'netinfo',
      argument: ADDRESS,
      help: "Where the domain's server listens, TCP and UDP (default: the loopback; port 1033 for the tag local, else one below 1024 for root, else any). none: nowhere.",
    },
    {
      name: 'binder',
      argument: ADDRESS,
      help: 'Where the binder listens (default: beside the server, at any port). none: no binder.',
    },
    {
      name: 'portmap',
      argument: 'PORT',
      help: "The portmapper's port (default 111: rpcbind where it runs, else our own where that may be had). none: none.",
    },
    {
      name: 'workers',
      argument: 'N',
      help: 'Threads that answer reads beside the main one (default: 0 on up to 2 cores, else 2 fewer than there are, at most 8).',
    },
    {
      name: 'http',
      argument: ADDRESS,
      help: 'Where the pages and the HTTP API are (default: the loopback, port 9730 where it is free, else any). none: nowhere.',
    },
    {
      name: 'public-origin',
      argument: 'URL',
      help: 'How browsers name the pages, where that is not where they listen: https://ports.example.org.',
    },
    {
      name: 'tls-cert',
      argument: 'FILE',
      help: 'Serve the pages by HTTPS with this certificate (PEM); read anew at SIGHUP.',
    },
    { name: 'tls-key', argument: 'FILE', help: "The certificate's private key (PEM)." },
    {
      name: 'trust-proxy',
      argument: 'ADDR',
      isRepeatable: true,
      help: 'A proxy in front of the pages, whose X-Forwarded-For and X-Forwarded-Proto are believed.',
    },
    {
      name: 'insecure-http',
      help: 'Serve the pages to a network without TLS: everybody on the way can read the passwords.',
    },
    {
      name: 'sign-in-link',
      help: 'Print a link that signs in who has started the server (on the loopback it is printed anyway).',
    },
    { name: 'ldap', argument: ADDRESS, help: 'none: this version has no LDAP yet.' },
    {
      name: 'parent',
      argument: 'HOST/TAG',
      help: 'The server of the parent domain; broadcast/TAG asks on the networks of this machine.',
    },
    {
      name: 'load',
      help: "Put this machine's users, groups, hosts and mounts into a new domain, and what listens here.",
    },
    { name: 'log', argument: 'LEVEL', choices: LOG_LEVELS, help: 'What is told on standard error (default warn).' },
  ],
  examples: [
    { line: 'portolan serve --load', says: 'the domain of this machine, on the loopback' },
    {
      line: 'portolan serve --domain network --netinfo 192.168.1.5 --binder 192.168.1.5',
      says: 'a domain for a network',
    },
    { line: 'portolan serve --parent ada/network', says: 'a machine below it' },
  ],
  exits: {
    0: 'it was ended',
    2: 'wrong use',
    3: 'it could not listen there, or the data could not be read',
  },
  run: runServe,
}

async function runServe(args: Arguments, context: Context): Promise<0> {
  const { readHttpAt, readListenAt, readLogLevel, readParent, readWorkers, requireNoPageOptions, requireNone } =
    await import('../serve/options.ts')
  requireNone(args, 'ldap')
  const netinfo = readListenAt(args, 'netinfo', LOOPBACK)
  if (netinfo === null)
    throw new PortolanError(
      'ERR_PORTOLAN_USAGE',
      '--netinfo none: the directory is served over NetInfo, too, in this version',
    )
  const binder = readListenAt(args, 'binder', netinfo.host)
  const { readWebAccess } = await import('../serve/web-options.ts')
  const http = readHttpAt(args)
  if (http === null) requireNoPageOptions(args)
  const access = http === null ? null : readWebAccess(args, http.host)
  const parent = await readParent(args)
  const portmapPort = readPortmap(args)
  const workers = await readWorkers(args)
  const log = makeLog(context.err, readLogLevel(args))
  const tag = tagOf(args)
  const folder = dataFolderOf(args, context.env)
  const loaded: string[] = []
  const { loadListeners, loadMachine, loadRegistry } = await import('../serve/furnish-local.ts')
  const { nameParent } = await import('../../directory/index.ts')
  const { Site } = await import('../../netinfo/index.ts')
  const { versionText } = await import('../version.ts')
  const prepare = async (domain: Domain, isNew: boolean): Promise<void> => {
    if (parent !== null) await nameParent(domain, parent)
    const registry = parent === null ? await loadRegistry(domain, isNew, context.env) : null
    if (registry !== null) loaded.push(registry)
    if (!args.has('load')) return
    if (isNew) {
      const { created } = await loadMachine(domain, (problem) => log('warn', 'machine-file', { problem }))
      loaded.push(
        `${created} directories were made of this machine's users, groups, hosts and mounts; no password was read.`,
      )
    }
    await loadListeners(domain)
  }
  const onError = (error: unknown): void => log('error', 'failure', { message: messageOf(error) })
  const site = await Site.start({
    folder,
    mainTag: tag,
    netinfo,
    binder,
    ...(portmapPort === undefined ? {} : { portmapPort }),
    workers,
    version: versionText().trim(),
    prepare,
    onReplication: (domain, { event, ...fields }) => log('info', event, { domain, ...fields }),
    onError,
  })
  let web: WebServer | null = null
  try {
    web =
      http === null || access === null
        ? null
        : await startSite(http, site, { mainTag: tag, dataFolder: folder.path }, access, context, log)
    const { readyText } = await import('../serve/told.ts')
    const { listenerTable } = await import('../listener-table.ts')
    const { readSockets } = await import('../../listeners/index.ts')
    const { listeners } = await readSockets({ details: 'names' })
    const told = {
      site,
      web,
      mainTag: tag,
      dataFolder: folder.path,
      isDefaultFolder: !args.has('data'),
      loaded,
    }
    context.out(readyText({ ...told, listeners, table: listenerTable(context) }, context.style))
    await untilEnded(context, site, web, log)
  } finally {
    await web?.close()
    await site.close()
  }
  return 0
}

async function startSite(
  at: HttpAt,
  site: RunningSite,
  { mainTag, dataFolder }: { readonly mainTag: string; readonly dataFolder: string },
  access: WebAccess,
  context: Context,
  log: Log,
): Promise<WebServer> {
  const { startWeb } = await import('../../web/index.ts')
  const { servedDomains } = await import('../serve/served-domains.ts')
  const { openLore, openRegistry } = await import('../../registry/index.ts')
  const { versionNumber } = await import('../version.ts')
  return startWeb({
    at,
    ...access,
    registry: openRegistry(context.env).registry,
    lore: openLore(),
    domains: servedDomains(site, mainTag),
    dataFolder,
    version: versionNumber(),
    log,
  })
}

/** @throws ERR_PORTOLAN_USAGE */
function readPortmap(args: Arguments): number | null | undefined {
  const text = args.value('portmap')
  if (text === undefined) return undefined
  if (text === 'none') return null
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535) return Number(text)
  throw new PortolanError('ERR_PORTOLAN_USAGE', `--portmap takes a port or none, not '${text}'`)
}

type RunningSite = Awaited<ReturnType<typeof import('../../netinfo/index.ts').Site.start>>

function untilEnded({ signal }: Context, site: RunningSite, web: WebServer | null, log: Log): Promise<void> {
  return new Promise((resolve) => {
    const forget = (): void => {
      for (const { services } of site.domains.servers) services.forgetParent()
      log('info', 'parent-forgotten')
      try {
        web?.renewTls()
      } catch (error) {
        log('error', 'certificate-unreadable', { message: messageOf(error) })
      }
    }
    // A timer keeps the process running; sockets would too, but for the moment in which none is open.
    const timer = setInterval(() => {}, 0x7fff_ffff)
    const end = (reason: string) => (): void => {
      clearInterval(timer)
      process.removeListener('SIGHUP', forget)
      log('info', 'ending', { reason })
      resolve()
    }
    process.on('SIGHUP', forget)
    process.once('SIGTERM', end('SIGTERM'))
    signal.addEventListener('abort', end('SIGINT'), { once: true })
  })
}
