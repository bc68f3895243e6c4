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
  /** The longest key of a store: LMDB's is 1,978 bytes (lmdb-js), etcd's bounded by its request of 1.5 MiB. */
  storeKeyBytes: 1978,
  /** Batches whose keys a store keeps for watchers: minutes of full load; who is further behind reads anew. */
  storeHistory: 20_000,
  /** Keys of one batch that are kept for watchers; a larger batch is a bulk load, after which all is read anew. */
  storeHistoryKeys: 4096,
  /** A call or a reply of RPC as a server takes it: 65,535 values (the most of one property) of 120 bytes each. */
  rpcRecordBytes: 8 * 1024 * 1024,
  /** What the unfinished records of all connections of a server may take: 16 of the longest; a call is mostly 100 bytes. */
  rpcPartialBytes: 128 * 1024 * 1024,
  /** Names and values of one write, 65,535 properties with a value each: more would take others' time for a tenth of a second. */
  writeStrings: 131_072,
  /** TCP connections of a server; Linux gives a process 4096 files or more, each connection takes one and about 10 kB. */
  rpcConnections: 3072,
  /** Calls of one connection that wait (for a disk, or for another server); NetInfo's own clients send one at a time. */
  rpcPendingCalls: 64,
  /** What the waiting calls of all connections may hold; of one connection it is rpcRecordBytes, and the call that passes it. */
  rpcPendingBytes: 256 * 1024 * 1024,
  /** Calls by UDP that wait, of all clients; more are dropped, and their clients send again. */
  rpcPendingDatagrams: 1024,
  /** Bytes that wait for a client to read before no more of its calls are read; also a fragment of a long reply. */
  rpcUnsentBytes: 256 * 1024,
  /** For a record to be whole once it has begun, in ms: as long as NetInfo's clients wait for a write. */
  rpcRecordMs: 60_000,
  /** For a client to take rpcUnsentBytes, in ms: at 4.4 kB/s a modem of 56 kbit/s is fast enough. */
  rpcStallMs: 60_000,
  /** Calls of one connection answered in a row before the others have their turn, and the time they may take, in ms. */
  rpcTurnCalls: 256,
  rpcTurnMs: 2,
  /** A reply by UDP: the most that the libraries of ONC RPC receive (UDPMSGSIZE). */
  rpcDatagramBytes: 8800,
  /** A flat file, raw tree or JSON, read or written whole: a million users, of 400 characters in raw. */
  flatFileChars: 384 * 1024 * 1024,
  /** One line of a flat file, joined lines together: a group of 65,535 members with names of 15 characters. */
  flatLineChars: 1024 * 1024,
  /** Entries of one flat file, and directories of one tree: what one list of ids of the protocol holds. */
  flatEntries: 1_048_576,
  /** Problems of one flat file that are told one by one: no reader wants more, and a foreign file is nothing else. */
  flatProblems: 1000,
  /** Levels of a tree as text: NetInfo's own trees have five; each level indents by four columns. */
  treeDepth: 128,
  /** Answers about many children that a server keeps ready: sixty LISTs of 10,000 users, 400 KB each. */
  answerCacheBytes: 24 * 1024 * 1024,
  /** Writes that a domain's journal keeps: months of a small network, and some 30 MB at 300 bytes each. */
  journalEntries: 100_000,
  /** Object numbers that a transferred copy may leave unused; the protocol's own lists end at 1,048,576. */
  freeNumbers: 1_048_576,
  /** What is read of one connection to learn what answers: a page's title stands within its first 64 KiB. */
  bannerBytes: 65_536,
  /** A text that a peer says of itself: one line of a wide terminal and a half. */
  bannerTextChars: 256,
  /** One fact of a banner's details: a list of thirty RPC programs. */
  bannerDetailChars: 1024,
  /** Names of a certificate, and elements of other lists of a banner: shared hosts have hundreds, which no reader wants. */
  bannerNames: 32,
  /** For a service to greet, in ms, before it is asked instead: most do within one round trip, some look up a name first. */
  bannerQuietMs: 2000,
  /** For more of an answer that is not whole, in ms. */
  bannerSettleMs: 1000,
  /** Hosts of one probe: as many as IPv4 has; times 131,072 pairs of transport and port they can still be counted exactly. */
  probeHosts: 4_294_967_296,
  /** Answers of one scan that are kept for its report and its JSON: 13 bytes each, 52 MB, and as much again to sort them. */
  probeKeptAnswers: 4_000_000,
  /** Hosts of one scan that a report tells of: a /14; each takes some 200 bytes. */
  probeKeptHosts: 262_144,
  /** Runs of addresses that the targets of one probe may be scattered over: 12 bytes each once read, but 600 while a list is. */
  targetSpans: 1_048_576,
  /** Words of one list of targets, and its characters: as many addresses of IPv6 at their longest, with a line end. */
  targetWords: 1_048_576,
  targetListChars: 64 * 1024 * 1024,
  /** Names that are resolved at once: getaddrinfo runs on libuv's four threads, and waits for them there. */
  namesAtOnce: 8,
  /** Answers of an interrupted scan that one goes on from: 8 bytes of memory each, 512 MB in all. */
  resumeAnswers: 67_108_864,
  /** A report of a scan: nmap writes some 150 bytes for a port, 200 MB for a million; a text of JavaScript ends at 512 MiB. */
  reportBytes: 256 * 1024 * 1024,
  /** Hosts of one report: a /12 of IPv4, all of which a ping scan can tell of. */
  reportHosts: 1_048_576,
  /** Ports of one report, of all hosts: some 150 bytes each in memory, 300 MB. */
  reportPorts: 2_000_000,
  /** Names of one host of a report, and kinds of ports that it counts and does not list. */
  reportNames: 64,
  reportUnlisted: 64,
  /** A name, a product, a banner of a report: a screen of text; nmap's own are 80 characters. */
  reportTextChars: 2048,
  /** Elements of XML in each other: nmap's reports have 5, the tables of its scripts some more. */
  xmlDepth: 64,
  /** Attributes of one tag: nmap's <service> has 15. */
  xmlAttributes: 64,
  /** One object of a report in JSON: masscan's longest banners are of 64 KiB, six characters a byte at the most. */
  reportRecordChars: 1024 * 1024,
  /** Values of JSON in each other: reports have four. */
  jsonDepth: 16,
  /** Attempts of a probe that wait for their answer: at a round trip of 100 ms that is 160,000 a second, more than a network of 100 Mbit/s carries. */
  probeAttempts: 16_384,
  /** What a browser's form or a program may send: the longest list of a group, a thousand names of 60 characters. */
  webBodyBytes: 64 * 1024,
  /** A tree that is brought into the directory by the web: 40,000 users in raw; larger ones go through `portolan load`. */
  webImportBytes: 16 * 1024 * 1024,
  /** Answers to "Was this page helpful?" that are kept so that a second one replaces the first: 40 MB of store. Older ones stay counted. */
  feedbackAnswers: 200_000,
  /** For how many days an answer is kept; browsers keep a cookie no longer than 400 (RFC 6265bis §5.5). */
  feedbackDays: 400,
  /** Visitors without a cookie that are told apart within a day: 4 MB of memory. */
  feedbackOrigins: 20_000,
  /** The form of an answer: three short fields. */
  feedbackFormBytes: 4096,
  /** Cards of ports that are kept: 256 of 20 KB. */
  previewsKept: 256,
  /** Cards that are drawn in a second for all clients together: at 17 ms each a sixth of a core. */
  previewsPerSecond: 10,
  /** Directories that one request to the web deletes, moves or imports: 10,000 users with their groups; two to four seconds, in batches between which others are answered. */
  webTreeDirectories: 20_000,
  /** Directories that one request to the web exports: a second in which nobody else is answered (19,000 take 0.4 s); more is portolan export's. */
  webExportDirectories: 50_000,
} as const
