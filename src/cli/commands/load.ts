import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { PortolanError, messageOf, textOf } from '../../core/index.ts'
import {
  MACHINE_PARTS,
  ROOT_OBJECT,
  furnish,
  isFurnished,
  parseRaw,
  parseTreeJson,
  putTree,
  readMachine,
} from '../../directory/index.ts'
import type { Domain, MachinePart, Tree } from '../../directory/index.ts'
import type { Arguments, Command, Context } from '../command.ts'
import { DATA_OPTION, DOMAIN_OPTION, dataFolderOf, tagOf } from '../domain-options.ts'

/** Directories that are put into the domain together are one batch; the caller of them all is who runs the command. */
const LOCAL_CALLER = { kind: 'superuser', name: 'root', from: 'portolan load' } as const

export const command: Command = {
  name: 'load',
  summary: "load this machine's files, or a tree from a file, into a domain",
  usage: ['portolan load [OPTION]…', 'portolan load FILE [OPTION]…'],
  description: [
    "Without FILE, reads this machine's own files (/etc/passwd, group, hosts, networks, services, protocols, rpc, aliases, fstab, exports, printcap, ethers, resolv.conf) into /users, /groups, /machines and so on. No password is read.",
    'With FILE, a tree as JSON or in the raw format of nidump -r; - is standard input. What is there already gets the new properties, what is missing is created, nothing is removed.',
    'It works on the data folder, also while the domain is served. To load into a server elsewhere, use niload.',
  ],
  options: [
    {
      name: 'only',
      argument: 'PART',
      choices: MACHINE_PARTS,
      isRepeatable: true,
      help: `Of this machine's files only these: ${MACHINE_PARTS.join(', ')}.`,
    },
    { name: 'root', argument: 'DIR', help: "Read this machine's files below another folder than /." },
    {
      name: 'raw',
      help: 'FILE is in the raw format (default: as its first character says, JSON begins with { and a quote or [).',
    },
    DATA_OPTION,
    DOMAIN_OPTION,
  ],
  examples: [
    { line: 'portolan load', says: 'all of this machine, into the domain local' },
    { line: 'portolan load --only users --only groups --domain network', says: 'the accounts alone' },
    { line: 'portolan export /groups | portolan load - --domain other', says: 'from one domain to another' },
  ],
  exits: {
    0: 'it is loaded',
    2: 'wrong use',
    3: 'a file is not well-formed, or it or the domain could not be read or written',
  },
  run: runLoad,
}

async function runLoad(args: Arguments, context: Context): Promise<0> {
  const [file, ...more] = args.positionals
  if (more.length > 0)
    throw new PortolanError('ERR_PORTOLAN_USAGE', 'load takes one FILE at most.', { hint: 'portolan load --help' })
  const trees = file === undefined ? await readOwnFiles(args, context) : [readTree(file, args, context)]
  const domain = await dataFolderOf(args, context.env).open(tagOf(args))
  try {
    if (!isFurnished(domain)) await furnish(domain, { hostName: hostname(), addresses: ['127.0.0.1'], tag: domain.tag })
    for (const tree of trees) await putBelowRoot(domain, tree, context)
  } finally {
    await domain.close()
  }
  return 0
}

async function putBelowRoot(domain: Domain, tree: Tree, context: Context): Promise<void> {
  const name = tree.properties.find((property) => property.name === 'name')?.values[0]
  // The tree of a whole domain stands for its root, which has no name: its own properties are the server's.
  const parts = name === undefined ? tree.children : [tree]
  for (const part of parts) {
    const { created, changed } = await putTree(domain, ROOT_OBJECT, part, LOCAL_CALLER)
    const path = `/${part.properties.find((property) => property.name === 'name')?.values[0] ?? ''}`
    context.out(`${path}: ${created} created, ${changed} changed\n`)
  }
}

async function readOwnFiles(args: Arguments, context: Context): Promise<readonly Tree[]> {
  const root = args.value('root')
  const only = MACHINE_PARTS.filter((part): part is MachinePart => args.values('only').includes(part))
  const { trees, problems } = await readMachine({
    ...(root === undefined ? {} : { root }),
    ...(only.length === 0 ? {} : { only }),
  })
  for (const { file, line, message } of problems) context.err(`portolan: ${file}:${line}: ${message}\n`)
  return trees
}

function readTree(file: string, args: Arguments, context: Context): Tree {
  const text = file === '-' ? textOf(context.readInputBytes()) : readText(file)
  const isJson = !args.has('raw') && /^\s*(?:\[|\{\s*"[^"]*"\s*:)/.test(text)
  return isJson ? parseTreeJson(text) : parseRaw(text)
}

function readText(file: string): string {
  try {
    return textOf(readFileSync(file))
  } catch (error) {
    throw new PortolanError('ERR_PORTOLAN_INPUT_UNREADABLE', `${file}: ${messageOf(error)}`, { cause: error })
  }
}
