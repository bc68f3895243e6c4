/**
 * What is tried at a port, in order, each over a connection of its own: first what the hint says, then what the port is usually for,
 * then what fits any: wait for a greeting, say hello in TLS, ask for a page.
 */
import { askAmqp } from './amqp.ts'
import type { Ask } from './ask.ts'
import { askCassandra } from './cassandra.ts'
import { askDns } from './dns.ts'
import { askHttp } from './http.ts'
import { spokenFor } from './kin.ts'
import type { SpokenName } from './kin.ts'
import { askLdap } from './ldap.ts'
import { askMongodb } from './mongodb.ts'
import { askMqtt } from './mqtt.ts'
import { askNetInfo } from './netinfo.ts'
import { askMemcached, askZookeeper } from './one-line.ts'
import { askPortmap } from './portmap.ts'
import { askPostgres } from './postgres.ts'
import { askRdp } from './rdp.ts'
import { askRedis } from './redis.ts'
import { askSmb } from './smb.ts'
import { askX11 } from './x11.ts'

/** `listen` waits for a greeting; `any` waits a little, and then goes on to what is not known to be greeted. */
export interface Attempt {
  readonly isTls: boolean
  readonly ask: Ask | 'listen' | 'any'
}

/** What waits to be asked, and how; all other protocols greet. */
const ASKS: Readonly<Record<string, Ask>> = {
  http: askHttp,
  rtsp: askHttp,
  redis: askRedis,
  postgresql: askPostgres,
  mongodb: askMongodb,
  memcache: askMemcached,
  ldap: askLdap,
  sunrpc: askPortmap,
  netinfo: askNetInfo,
  nibindd: askNetInfo,
  amqp: askAmqp,
  mqtt: askMqtt,
  cassandra: askCassandra,
  zookeeper: askZookeeper,
  x11: askX11,
  'ms-wbt-server': askRdp,
  'microsoft-ds': askSmb,
  domain: askDns,
}

/** What ports are usually for, by a name that kin.ts knows; those of IANA's registry and what is met on ports beside it. */
const USUAL: Readonly<Record<string, readonly number[]>> = {
  ssh: [22, 2222],
  ftp: [21, 2121],
  telnet: [23],
  smtp: [25, 587, 2525],
  pop3: [110],
  imap: [143],
  nntp: [119, 433],
  mysql: [3306],
  rfb: [5900, 5901, 5902, 5903],
  rsync: [873],
  irc: [6665, 6666, 6667, 6668, 6669],
  sieve: [4190],
  svn: [3690],
  dict: [2628],
  mpd: [6600],
  daytime: [13],
  qotd: [17],
  chargen: [19],
  http: [80, 591, 631, 2375, 3000, 3128, 5000, 5601, 5984, 5985, 8000, 8008, 8080, 8081, 8088, 8888, 9000, 9090, 9200],
  https: [443, 2376, 5986, 6443, 8443, 9443],
  imaps: [993],
  pop3s: [995],
  smtps: [465],
  ftps: [990],
  nntps: [563],
  telnets: [992],
  'ircs-u': [6697],
  ldap: [389, 3268],
  ldaps: [636, 3269],
  redis: [6379, 26379],
  postgresql: [5432, 5433, 6432],
  mongodb: [27017, 27018, 27019],
  memcache: [11211],
  sunrpc: [111],
  'netinfo-local': [1033, 973],
  amqp: [5672],
  amqps: [5671],
  mqtt: [1883],
  'secure-mqtt': [8883],
  cassandra: [9042],
  zookeeper: [2181],
  x11: [6000, 6001, 6002, 6003],
  'ms-wbt-server': [3389],
  'microsoft-ds': [445],
  domain: [53],
  'domain-s': [853],
  ntp: [123],
  snmp: [161],
  rtsp: [554, 8554],
}

const BY_PORT: ReadonlyMap<number, string> = new Map(
  Object.entries(USUAL).flatMap(([name, ports]) => ports.map((port): [number, string] => [port, name])),
)

/** Printers put on paper whatever comes (HP JetDirect, PDL data streams); nmap leaves these ports out as well (nmap-service-probes). */
const NEVER_ASKED: ReadonlySet<number> = new Set([9100, 9101, 9102, 9103, 9104, 9105, 9106, 9107])

/** What a port may speak by its hint and its number, the likelier first; no protocol twice. */
export function usualNames(port: number, hint: string | null): readonly SpokenName[] {
  const names = [hint, BY_PORT.get(port)].flatMap((name) =>
    name === undefined || name === null ? [] : (spokenFor(name) ?? []),
  )
  return names.filter((name, index) => names.findIndex((each) => isSame(each, name)) === index)
}

/** The attempts for a TCP port; four at the most. */
export function planAttempts(port: number, hint: string | null): readonly Attempt[] {
  if (NEVER_ASKED.has(port)) return [{ isTls: false, ask: 'listen' }]
  const special = usualNames(port, hint).map(({ service, isTls }): Attempt => ({
    isTls,
    ask: Object.hasOwn(ASKS, service) ? (ASKS[service] ?? 'listen') : 'listen',
  }))
  const hasListened = special.some(({ isTls, ask }) => !isTls && ask === 'listen')
  const general: Attempt[] = [
    { isTls: hasListened, ask: 'any' },
    { isTls: false, ask: askHttp },
  ]
  return [...special, ...general].filter(
    (attempt, index, all) =>
      all.findIndex(({ isTls, ask }) => isTls === attempt.isTls && ask === attempt.ask) === index,
  )
}

function isSame(one: SpokenName, other: SpokenName): boolean {
  return one.service === other.service && one.isTls === other.isTls
}
