import { printable } from '../../core/index.ts'
import {
  ROOT_OBJECT,
  checkDomain,
  firstValue,
  isFromRegistry,
  isViewedDirectory,
  warningsOf,
} from '../../directory/index.ts'
import type { Domain } from '../../directory/index.ts'
import { JSON_OPTION } from '../command.ts'
import type { Arguments, Command, Context } from '../command.ts'
import { DATA_OPTION, DOMAIN_OPTION, withDomain } from '../domain-options.ts'
import { printJson } from '../print-json.ts'

export const command: Command = {
  name: 'check',
  summary: 'check that a domain is sound, and its entries as clients expect them',
  usage: ['portolan check [OPTION]…'],
  description: [
    'Goes through a whole domain: every checksum, link, order and index entry must be what the directories say. A problem there is damage: restore a backup.',
    'Then warns of entries of the well-known directories that are not canonical: an address with leading zeros, a uid that is no number. NetInfo compares texts, so that clients may not find them; nothing is refused for it.',
  ],
  options: [JSON_OPTION, DATA_OPTION, DOMAIN_OPTION],
  examples: [{ line: 'portolan check --domain network', says: 'one domain of the data folder' }],
  exits: {
    0: 'sound, and nothing to warn of',
    1: 'there are problems or warnings',
    2: 'wrong use',
    3: 'there is no such domain, or it cannot be read',
  },
  run: (args, context) => withDomain(args, context.env, (domain) => runCheck(domain, args, context)),
}

interface Warning {
  readonly path: string
  readonly object: number
  readonly warning: string
}

function runCheck(domain: Domain, args: Arguments, context: Context): 0 | 1 {
  const problems = checkDomain(domain)
  const warnings = [...warningsIn(domain)]
  const { count, revision } = domain.about()
  if (args.has('json')) {
    printJson({ schemaVersion: 1, domain: domain.tag, directories: count, revision, problems, warnings }, context)
  } else {
    for (const problem of problems) context.out(`damaged: ${printable(problem)}\n`)
    for (const { path, object, warning } of warnings)
      context.out(`${printable(path)} (id ${object}): ${printable(warning)}\n`)
    context.out(
      `domain ${domain.tag}: ${count} directories at revision ${revision}, ${problems.length} problems, ${warnings.length} warnings\n`,
    )
  }
  return problems.length + warnings.length === 0 ? 0 : 1
}

/** Of the entries of the well-known directories; what the registry put there is as it is. */
function* warningsIn(domain: Domain): Generator<Warning, void, undefined> {
  for (const directory of domain.childrenOf(ROOT_OBJECT)) {
    const name = firstValue(domain.read(directory)?.properties ?? [], 'name')
    const path = `/${name ?? ''}`
    if (!isViewedDirectory(path)) continue
    for (const object of domain.childrenOf(directory)) {
      const properties = domain.read(object)?.properties ?? []
      if (isFromRegistry(properties)) continue
      for (const warning of warningsOf(path, properties)) yield { path: domain.pathOf(object), object, warning }
    }
  }
}
