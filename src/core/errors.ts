/**
 * The errors that a user or a caller may meet: one class, one table of codes.
 *
 * A code is permanent: match on it, never on the message. docs/reference/errors.md is made from the table, and a test
 * compares the two. A message says what happened and where; the hint says what to do about it.
 */

/** 0 yes or done, 1 a clear no, 2 wrong use, 3 could not find out (docs/reference/exit-status.md). */
export type ExitStatus = 0 | 1 | 2 | 3

interface ErrorKind {
  readonly summary: string
  readonly exit: ExitStatus
}

export const ERROR_KINDS = {
  ERR_PORTOLAN_USAGE: {
    summary: 'The command line names no known command, or an option is wrong or missing.',
    exit: 2,
  },
  ERR_PORTOLAN_PORT_INVALID: {
    summary: 'A text that should be a port, a range of ports or a service name is none.',
    exit: 2,
  },
  ERR_PORTOLAN_INPUT_UNREADABLE: {
    summary: 'A file named on the command line, or standard input, cannot be read.',
    exit: 3,
  },
  ERR_PORTOLAN_REGISTRY_DATA_MISSING: { summary: 'The compiled registry file is not where it should be.', exit: 3 },
  ERR_PORTOLAN_REGISTRY_DATA_DAMAGED: {
    summary: 'The compiled registry file is truncated, changed or of another format version.',
    exit: 3,
  },
  ERR_PORTOLAN_REGISTRY_TOO_LARGE: { summary: 'The rows exceed what one compiled registry file can hold.', exit: 3 },
  ERR_PORTOLAN_CSV_REFUSED: {
    summary: "A file offered as IANA's registry is truncated, foreign or malformed; the line is named.",
    exit: 3,
  },
  ERR_PORTOLAN_FETCH_FAILED: { summary: 'The registry could not be fetched from the address given.', exit: 3 },
  ERR_PORTOLAN_OUTPUT_FAILED: { summary: 'Standard output could not be written to its end.', exit: 3 },
  ERR_PORTOLAN_WRITE_FAILED: { summary: 'A data file could not be written; the earlier one stays in place.', exit: 3 },
  ERR_PORTOLAN_LORE_DAMAGED: { summary: 'The compiled lore file is missing, truncated or of another format.', exit: 3 },
  ERR_PORTOLAN_ASSETS_MISSING: { summary: 'The files that web pages load are not where they should be.', exit: 3 },
  ERR_PORTOLAN_LISTENERS_UNSUPPORTED: { summary: "Portolan cannot read this operating system's sockets.", exit: 3 },
  ERR_PORTOLAN_LISTENERS_UNREADABLE: { summary: "This machine's socket tables could not be read.", exit: 3 },
  ERR_PORTOLAN_TOOL_FAILED: { summary: 'A program that Portolan asks (lsof, netstat, tasklist, ps) failed.', exit: 3 },
  ERR_PORTOLAN_KILL_REFUSED: {
    summary: 'Portolan will not end that process (pid 1, itself, or its own parents).',
    exit: 2,
  },
  ERR_PORTOLAN_STORE_UNREADABLE: {
    summary: "A domain's store cannot be opened: it is missing, not a store, damaged, or not this user's to read.",
    exit: 3,
  },
  ERR_PORTOLAN_STORE_VERSION: { summary: "A domain's store was written by another version of Portolan.", exit: 3 },
  ERR_PORTOLAN_STORE_FULL: { summary: 'A write found no space left on the disk; nothing of it was done.', exit: 3 },
  ERR_PORTOLAN_STORE_COMPACTED: {
    summary: 'The changes asked for are older than those that the store keeps: read anew, then watch from now.',
    exit: 3,
  },
  ERR_PORTOLAN_STORE_EXISTS: { summary: 'A backup or a restore would overwrite a file that is there.', exit: 2 },
  ERR_PORTOLAN_DOMAIN_INVALID: { summary: 'A text that should name a NetInfo domain or server is none.', exit: 2 },
  ERR_PORTOLAN_STORE_USED: { summary: 'A store that is to be replaced is in use by another process.', exit: 3 },
  ERR_PORTOLAN_TAG_INVALID: { summary: 'A word cannot be the tag of a domain.', exit: 2 },
  ERR_PORTOLAN_DOMAIN_MISSING: { summary: 'The data folder holds no domain of that tag.', exit: 3 },
  ERR_PORTOLAN_KILL_DENIED: { summary: 'The system does not let this user end that process.', exit: 3 },
  ERR_PORTOLAN_LISTEN_FAILED: {
    summary: 'A server cannot listen where it should: the port is taken, or not allowed.',
    exit: 3,
  },
  ERR_PORTOLAN_TLS_UNREADABLE: {
    summary: 'The certificate or the key for HTTPS cannot be read, or they do not belong together.',
    exit: 3,
  },
  ERR_PORTOLAN_PORTMAP_REFUSED: {
    summary: 'The portmapper (rpcbind) that runs on this machine does not register the server.',
    exit: 3,
  },
  ERR_PORTOLAN_INPUT_TOO_LARGE: {
    summary: 'A flat file or a tree of directories is longer, deeper or has more parts than Portolan takes.',
    exit: 3,
  },
  ERR_PORTOLAN_TREE_INVALID: {
    summary: 'A text that should be a tree of directories, raw or JSON, is none; the line or the place is named.',
    exit: 3,
  },
  ERR_PORTOLAN_TARGET_INVALID: {
    summary: 'A word that should name hosts to probe is none; where it stood in a list, the line is named.',
    exit: 2,
  },
  ERR_PORTOLAN_TARGETS_TOO_MANY: {
    summary: 'The hosts to probe, or their list, are more than Portolan takes.',
    exit: 2,
  },
  ERR_PORTOLAN_NAME_UNRESOLVED: {
    summary: 'A name of a host to probe has no address, or could not be asked for.',
    exit: 3,
  },
  ERR_PORTOLAN_RESUME_OTHER: {
    summary: 'The file of an interrupted scan belongs to another scan, or is none.',
    exit: 2,
  },
  ERR_PORTOLAN_RESUME_FAILED: {
    summary: 'The file of an interrupted scan cannot be opened, read or written.',
    exit: 3,
  },
  ERR_PORTOLAN_REPORT_INVALID: {
    summary: 'A file that should be the report of a scan is none, or is malformed; the line is named.',
    exit: 3,
  },
  ERR_PORTOLAN_REPORT_TOO_LARGE: {
    summary: 'The report of a scan is longer, or has more hosts or ports, than Portolan takes.',
    exit: 3,
  },
  ERR_PORTOLAN_PROBE_UNSUPPORTED: { summary: 'The engine that a probe names cannot run on this machine.', exit: 3 },
} as const satisfies Record<string, ErrorKind>

export type ErrorCode = keyof typeof ERROR_KINDS

/** An error that says what happened, where, and what to do; never a stack trace for a user's mistake. */
export class PortolanError extends Error {
  override readonly name: string = 'PortolanError'
  readonly code: ErrorCode
  /** What the reader can do about it: a full sentence. */
  readonly hint: string | undefined

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint
  }

  get exit(): ExitStatus {
    return ERROR_KINDS[this.code].exit
  }
}

/** The system's word for an error (`ENOENT`, `EACCES`), if it has one. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** One line of text for any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
