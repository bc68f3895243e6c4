/**
 * The names that one protocol goes by: IANA's, those of the lore and of daily use, by themselves and inside TLS. A banner has the
 * first; a port may be for any of them.
 */
import type { Banner } from '../model.ts'

interface Kin {
  /** Spoken as it is. */
  readonly plain: readonly string[]
  /** Spoken inside TLS from the first byte; null where the name is the same. */
  readonly secure: readonly string[] | null
}

const KIN: Readonly<Record<string, Kin>> = {
  ssh: { plain: ['ssh', 'sftp', 'netconf-ssh', 'sshell'], secure: null },
  http: {
    plain: [
      'http',
      'www',
      'www-http',
      'http-alt',
      'webcache',
      'http-mgmt',
      'http-proxy',
      'ipp',
      'wsman',
      'docker',
      'couchdb',
      'cups',
    ],
    secure: [
      'https',
      'https-alt',
      'http',
      'ipps',
      'wsmans',
      'docker-s',
      'pcsync-https',
      'oracleas-https',
      'sun-sr-https',
      'wap-push-https',
    ],
  },
  smtp: { plain: ['smtp', 'submission', 'mail', 'esmtp'], secure: ['smtps', 'submissions', 'ssmtp'] },
  ftp: { plain: ['ftp'], secure: ['ftps'] },
  pop3: { plain: ['pop3', 'pop'], secure: ['pop3s'] },
  imap: { plain: ['imap', 'imap2', 'imap4'], secure: ['imaps', 'imap4-ssl'] },
  nntp: { plain: ['nntp', 'nnsp', 'usenet'], secure: ['nntps', 'snews'] },
  telnet: { plain: ['telnet', 'rtelnet', 'su-mit-tg'], secure: ['telnets'] },
  irc: { plain: ['irc', 'irc-serv', 'ircu', 'ircd', 'internet-relay-chat'], secure: ['ircs-u', 'ircs'] },
  ldap: { plain: ['ldap', 'msft-gc', 'open-directory'], secure: ['ldaps', 'msft-gc-ssl', 'sldap'] },
  sieve: { plain: ['sieve', 'managesieve', 'sieve-filter'], secure: null },
  rfb: { plain: ['rfb', 'vnc', 'vnc-server', 'apple-remote-desktop'], secure: null },
  x11: { plain: ['x11', 'x-window-system'], secure: null },
  'ms-wbt-server': { plain: ['ms-wbt-server', 'rdp', 'remote-desktop', 'xrdp'], secure: null },
  'microsoft-ds': { plain: ['microsoft-ds', 'smb', 'cifs', 'netbios-ssn', 'samba'], secure: null },
  mysql: { plain: ['mysql', 'mariadb'], secure: null },
  postgresql: { plain: ['postgresql', 'postgres', 'pgsql'], secure: null },
  redis: { plain: ['redis', 'valkey', 'keydb', 'redis-sentinel'], secure: null },
  mongodb: { plain: ['mongodb', 'mongod', 'mongo'], secure: null },
  memcache: { plain: ['memcache', 'memcached'], secure: null },
  cassandra: { plain: ['cassandra', 'apache-cassandra', 'scylla', 'scylladb'], secure: null },
  zookeeper: { plain: ['zookeeper', 'apache-zookeeper'], secure: null },
  amqp: { plain: ['amqp', 'rabbitmq'], secure: ['amqps'] },
  mqtt: { plain: ['mqtt', 'mosquitto'], secure: ['secure-mqtt', 'mqtts'] },
  sunrpc: { plain: ['sunrpc', 'rpcbind', 'portmapper', 'portmap'], secure: null },
  netinfo: { plain: ['netinfo', 'netinfo-local', 'netinfod'], secure: null },
  nibindd: { plain: ['nibindd', 'netinfo', 'netinfo-binder'], secure: null },
  domain: { plain: ['domain', 'dns'], secure: ['domain-s', 'dns-over-tls'] },
  ntp: { plain: ['ntp'], secure: null },
  snmp: { plain: ['snmp'], secure: null },
  rsync: { plain: ['rsync'], secure: null },
  dict: { plain: ['dict'], secure: null },
  svn: { plain: ['svn', 'svnserve', 'subversion'], secure: null },
  mpd: { plain: ['mpd', 'music-player-daemon'], secure: null },
  rtsp: { plain: ['rtsp', 'rtsp-alt'], secure: ['rtsps'] },
  daytime: { plain: ['daytime'], secure: null },
  qotd: { plain: ['qotd'], secure: null },
  chargen: { plain: ['chargen'], secure: null },
}

/** Protocols that carry others: what is found there may well be what a name that we do not know stands for. */
const CARRIERS: ReadonlySet<string> = new Set(['http'])

export interface SpokenName {
  readonly service: string
  readonly isTls: boolean
}

const BY_NAME: ReadonlyMap<string, SpokenName> = indexNames()

function indexNames(): ReadonlyMap<string, SpokenName> {
  const index = new Map<string, SpokenName>()
  const add = (name: string, spoken: SpokenName): void => {
    // What stands first wins: `http` is plain, though it is also what is found inside TLS.
    if (!index.has(name)) index.set(name, spoken)
  }
  for (const [service, { plain, secure }] of Object.entries(KIN)) {
    for (const name of plain) add(name, { service, isTls: false })
    for (const name of secure ?? []) add(name, { service, isTls: true })
  }
  return index
}

/** The protocol that a name stands for, and whether it begins with TLS; null for a name that is not known here. */
export function spokenFor(name: string): SpokenName | null {
  return BY_NAME.get(normalise(name)) ?? null
}

/**
 * Whether what was found is what the port is for. `expected` are names of the registry and of the lore. `other` is said only of what
 * cannot be any of them: HTTP carries much whose names are not known here.
 */
export function compareService(found: Banner, expected: readonly string[]): 'same' | 'other' | 'unknown' {
  const { service } = found
  if (service === null || expected.length === 0) return 'unknown'
  const names = expected.map(normalise)
  const own = namesOf(service, found.tls !== null)
  if (names.some((name) => own.includes(name))) return 'same'
  return CARRIERS.has(service) && names.some((name) => !BY_NAME.has(name)) ? 'unknown' : 'other'
}

function namesOf(service: string, isTls: boolean): readonly string[] {
  const kin = Object.hasOwn(KIN, service) ? KIN[service] : undefined
  if (kin === undefined) return [service]
  return isTls && kin.secure !== null ? kin.secure : kin.plain
}

function normalise(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, '-')
}
