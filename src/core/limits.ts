/** What no input may exceed, each with the reason for its number. */
export const LIMITS = {
  /** IANA's CSV is 1.1 MB in 2025 and grows about 2 % a year; beyond this a file is not the registry. */
  csvBytes: 16 * 1024 * 1024,
  /** 14,496 rows in 2025; a record number is 16 bits wide in the compiled file. */
  csvRows: 60_000,
  /** Pairs of port and transport that all rows together may speak of: 262,144 there are, and few have more than one row. */
  csvPairs: 1_000_000,
  /** The longest field of 2025 (a note on DNS-SD) has 1,532 characters. */
  csvFieldChars: 16_384,
  /** Seconds to wait for the registry's server: 1.1 MB at 300 kbit/s takes 30. */
  fetchSeconds: 60,
  /** Redirects followed when fetching: iana.org needs one at most. */
  fetchRedirects: 3,
  /** A process's command line as shown; Linux allows 2 MiB, which no reader wants. */
  commandChars: 4096,
  /** Parents followed from a process up to pid 1; deeper trees are made by fork bombs. */
  parentDepth: 64,
  /** Bytes read from lsof, netstat, tasklist or ps: 100,000 sockets at 300 bytes each. */
  toolBytes: 32 * 1024 * 1024,
  /** Distance within which a misspelt word still matches (Damerau-Levenshtein, see registry/search.ts). */
  searchEdits: 2,
} as const
