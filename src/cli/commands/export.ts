import { PortolanError } from '../../core/index.ts'
import { ROOT_OBJECT, dumpRaw, formatTreeJson, maskProperties } from '../../directory/index.ts'
import type { Domain, Tree } from '../../directory/index.ts'
import { parsePath } from '../../netinfo/index.ts'
import type { Arguments, Command, Context } from '../command.ts'
import { DATA_OPTION, DOMAIN_OPTION, withDomain } from '../domain-options.ts'

export const command: Command = {
  name: 'export',
  summary: 'print a domain, or a part of it, as JSON or in the raw format',
  usage: ['portolan export [PATH] [OPTION]…'],
  description: [
    'Prints a directory of the data folder with all that is below it; portolan load reads it again. Passwords are printed as *, which load takes for the ones that are there.',
    'To print what a server elsewhere holds, use nidump -r.',
  ],
  options: [
    { name: 'json', help: 'Print JSON (the default).' },
    { name: 'raw', help: 'Print the raw format of nidump -r.' },
    DATA_OPTION,
    DOMAIN_OPTION,
  ],
  examples: [
    { line: 'portolan export > local.json', says: 'the whole local domain' },
    { line: 'portolan export /groups --raw', says: 'as nidump -r prints it' },
  ],
  exits: {
    0: 'it is printed',
    1: 'there is no such directory',
    2: 'wrong use',
    3: 'there is no such domain, or it cannot be read',
  },
  run: (args, context) => withDomain(args, context.env, (domain) => print(domain, args, context)),
}

function print(domain: Domain, args: Arguments, context: Context): 0 | 1 {
  const [text = '/', ...more] = args.positionals
  if (more.length > 0)
    throw new PortolanError('ERR_PORTOLAN_USAGE', 'export takes one PATH at most.', { hint: 'portolan export --help' })
  const object = objectAt(domain, text)
  const tree = object === undefined ? null : treeOf(domain, object)
  if (tree === null) {
    context.err(`portolan: the domain ${domain.tag} has no directory ${text}\n`)
    return 1
  }
  context.out(args.has('raw') ? dumpRaw(tree) : formatTreeJson(tree))
  return 0
}

function objectAt(domain: Domain, text: string): number | undefined {
  const path = parsePath(text)
  if (path.kind === 'object') return path.object
  return path.components.length === 0
    ? ROOT_OBJECT
    : domain.findPath(path.components.map(({ key, value }) => [key, value] as const))
}

function treeOf(domain: Domain, object: number): Tree | null {
  const found = domain.read(object)
  if (found === undefined) return null
  const children = domain.childrenOf(object).flatMap((child) => treeOf(domain, child) ?? [])
  return { properties: maskProperties(found.properties), children }
}
