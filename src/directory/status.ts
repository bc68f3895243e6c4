/** NetInfo's answers to a request (protocol.md §3): numbers that never change, and what they say in words. */

/** The names are those of the protocol without its `NI_`. */
export const STATUS = {
  OK: 0,
  BADID: 1,
  STALE: 2,
  NOSPACE: 3,
  PERM: 4,
  NODIR: 5,
  NOPROP: 6,
  NONAME: 7,
  NOTEMPTY: 8,
  UNRELATED: 9,
  SERIAL: 10,
  NETROOT: 11,
  NORESPONSE: 12,
  RDONLY: 13,
  SYSTEMERR: 14,
  ALIVE: 15,
  NOTMASTER: 16,
  CANTFINDADDRESS: 17,
  DUPTAG: 18,
  NOTAG: 19,
  AUTHERROR: 20,
  NOUSER: 21,
  MASTERBUSY: 22,
  INVALIDDOMAIN: 23,
  BADOP: 24,
  /** Only a client says this: it got no answer that it could use. */
  FAILED: 9999,
} as const
export type Status = (typeof STATUS)[keyof typeof STATUS]

const TEXTS: Readonly<Record<number, string>> = {
  [STATUS.OK]: 'done',
  [STATUS.BADID]: 'no directory has this id',
  [STATUS.STALE]: 'the directory has changed since it was read',
  [STATUS.NOSPACE]: 'no space left',
  [STATUS.PERM]: 'permission denied',
  [STATUS.NODIR]: 'no such directory',
  [STATUS.NOPROP]: 'no such property',
  [STATUS.NONAME]: 'no such value',
  [STATUS.NOTEMPTY]: 'the directory has children',
  [STATUS.UNRELATED]: 'the directory is not a child of that parent',
  [STATUS.SERIAL]: 'the stored directory is damaged',
  [STATUS.NETROOT]: 'this is the root domain: it has no parent',
  [STATUS.NORESPONSE]: 'no response from the server',
  [STATUS.RDONLY]: 'read-only: this server is a clone, or the directory is locked',
  [STATUS.SYSTEMERR]: 'the server failed',
  [STATUS.ALIVE]: 'the id is in use',
  [STATUS.NOTMASTER]: 'this server is not the master',
  [STATUS.CANTFINDADDRESS]: "the server's address cannot be found",
  [STATUS.DUPTAG]: 'the tag is served already',
  [STATUS.NOTAG]: 'no such tag',
  [STATUS.AUTHERROR]: 'wrong password',
  [STATUS.NOUSER]: 'no such user',
  [STATUS.MASTERBUSY]: 'the master is busy: try again',
  [STATUS.INVALIDDOMAIN]: 'invalid domain',
  [STATUS.BADOP]: 'the operation makes no sense on a master',
  [STATUS.FAILED]: 'communication failed',
}

/** A short phrase for a status; an unknown one is named by its number. */
export function statusText(status: number): string {
  return TEXTS[status] ?? `unknown status ${status}`
}

/** A request that a directory answered with a status other than OK. */
export class DirectoryError extends Error {
  override readonly name: string = 'DirectoryError'
  readonly code: string = 'ERR_PORTOLAN_DIRECTORY_STATUS'
  readonly status: number

  constructor(status: number, context = '') {
    super(context === '' ? statusText(status) : `${context}: ${statusText(status)}`)
    this.status = status
  }
}
