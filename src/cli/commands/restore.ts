import { PortolanError } from '../../core/index.ts'
import { restoreDomain } from '../../directory/index.ts'
import type { Arguments, Command, Context } from '../command.ts'
import { DATA_OPTION, DOMAIN_OPTION, dataFolderOf, tagOf } from '../domain-options.ts'

export const command: Command = {
  name: 'restore',
  summary: 'put a copy that backup wrote into the data folder',
  usage: ['portolan restore FILE [OPTION]…'],
  description: [
    'Checks a copy through and through, then puts it into the data folder, whole or not at all. The domain must not be served meanwhile.',
    'With --replace it takes the place of a domain that is there; what that held is lost.',
  ],
  options: [{ name: 'replace', help: 'Take the place of a domain that is there.' }, DATA_OPTION, DOMAIN_OPTION],
  examples: [
    { line: 'portolan restore /var/backups/local.mdb', says: 'as the domain local' },
    { line: 'portolan restore old.mdb --domain network --replace', says: 'over the one that is there' },
  ],
  exits: {
    0: 'the domain is restored',
    2: 'wrong use, or there is a domain already',
    3: 'the copy is damaged or cannot be read; nothing was changed',
  },
  run: runRestore,
}

async function runRestore(args: Arguments, context: Context): Promise<0> {
  const [file, ...more] = args.positionals
  if (file === undefined || more.length > 0)
    throw new PortolanError('ERR_PORTOLAN_USAGE', 'restore takes one FILE.', { hint: 'portolan restore --help' })
  const folder = dataFolderOf(args, context.env)
  const { revision, count } = await restoreDomain(folder, tagOf(args), file, args.has('replace'))
  context.out(`${folder.fileOf(tagOf(args))}: ${count} directories at revision ${revision}\n`)
  return 0
}
