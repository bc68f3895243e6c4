import { PortolanError } from '../../core/index.ts'
import type { Command } from '../command.ts'
import { DATA_OPTION, DOMAIN_OPTION, tagOf, withDomain } from '../domain-options.ts'

export const command: Command = {
  name: 'backup',
  summary: 'write a whole copy of a domain, while it is served',
  usage: ['portolan backup FILE [OPTION]…'],
  description: [
    'Writes a domain as it is at one moment to a new file; reads and writes go on meanwhile. The copy holds everything, the hashes of passwords and the journal included: keep it as safe as the domain.',
  ],
  options: [DATA_OPTION, DOMAIN_OPTION],
  examples: [{ line: 'portolan backup /var/backups/local.mdb', says: 'then: portolan restore /var/backups/local.mdb' }],
  exits: {
    0: 'the copy is on disk',
    2: 'wrong use, or the file is there already',
    3: 'there is no such domain, or the file cannot be written',
  },
  run: (args, context) =>
    withDomain(args, context.env, async (domain): Promise<0> => {
      const [file, ...more] = args.positionals
      if (file === undefined || more.length > 0)
        throw new PortolanError('ERR_PORTOLAN_USAGE', 'backup takes one FILE.', {
          hint: 'portolan backup --help',
        })
      await domain.store.backup(file)
      context.out(`${file}: domain ${tagOf(args)} at revision ${domain.revision()}\n`)
      return 0
    }),
}
