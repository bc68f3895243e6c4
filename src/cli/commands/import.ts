import type { ExitStatus } from '../../core/index.ts'
import { openLore, openRegistry } from '../../registry/index.ts'
import { JSON_OPTION } from '../command.ts'
import type { Arguments, Command, Context } from '../command.ts'
import { NDJSON_OPTION, OPEN_OPTION } from '../probe/options.ts'

export const command: Command = {
  name: 'import',
  summary: "explain someone else's scan: nmap's and masscan's files, and our own",
  usage: ['portolan import [OPTION]… FILE', 'portolan import -'],
  description: [
    "Reads nmap's XML and grepable form, masscan's JSON and list, and the JSON and NDJSON of portolan probe; which it is, the file itself tells. A dash is standard input.",
    'It prints the page that portolan probe prints: what is open, what that means, what is unexpected. Ports that the file counts and does not name are counted.',
    'A file that was cut off tells what it holds, and that it was cut off.',
  ],
  options: [
    JSON_OPTION,
    NDJSON_OPTION,
    OPEN_OPTION,
    { name: 'xml', argument: 'FILE', help: "Write nmap's XML of it; a dash is standard output." },
    { name: 'grepable', argument: 'FILE', help: "Write nmap's grepable form of it; a dash is standard output." },
    {
      name: 'csv',
      argument: 'FILE',
      help: 'Write comma-separated values of it (RFC 4180); a dash is standard output.',
    },
  ],
  examples: [
    { line: 'portolan import scan.xml', says: 'what a scan of nmap means' },
    { line: 'nmap -oX - 127.0.0.1 | portolan import -', says: 'at once' },
    { line: 'portolan import masscan.json --csv - > ports.csv', says: 'for a spreadsheet' },
  ],
  exits: {
    0: 'something is open',
    1: 'nothing is open',
    2: 'wrong use',
    3: 'the file could not be read, or is none of the forms',
  },
  run: runImport,
}

async function runImport(args: Arguments, context: Context): Promise<ExitStatus> {
  const { importReport } = await import('../probe/import-report.ts')
  return importReport(args, openRegistry(context.env).registry, openLore(), context)
}
