/** Explains a scan that a file holds. */
import { PortolanError } from '../../core/index.ts'
import type { ExitStatus } from '../../core/index.ts'
import type { LoreBook, Registry } from '../../registry/index.ts'
import type { Arguments, Context } from '../command.ts'
import { beginFiles, readOutputs } from './outputs.ts'
import { readScanFile } from './read-scan-file.ts'
import { withMeanings } from './with-meanings.ts'
import { knownPorts, writeOutputs } from './write-outputs.ts'

export async function importReport(
  args: Arguments,
  registry: Registry,
  lore: LoreBook,
  context: Context,
): Promise<ExitStatus> {
  const [path, ...more] = args.positionals
  if (path === undefined || more.length > 0)
    throw new PortolanError('ERR_PORTOLAN_USAGE', path === undefined ? 'explain which file?' : 'one file at a time', {
      hint: "For example 'portolan import scan.xml', or 'portolan import -' for standard input.",
    })
  const outputs = readOutputs(args)
  const report = readScanFile(path, context)
  const ports = new Set(report.hosts.flatMap((host) => host.ports.map(({ port }) => port)))
  const files = beginFiles(outputs, context)
  try {
    await withMeanings(registry, lore, ports, context, (book) =>
      writeOutputs(
        { report, ports: () => knownPorts(report), only: null, isStreamed: false },
        outputs,
        files,
        book,
        context,
      ),
    )
  } finally {
    for (const file of files.values()) file.abandon()
  }
  return report.hosts.some((host) => host.ports.some(({ state }) => state === 'open')) ? 0 : 1
}
