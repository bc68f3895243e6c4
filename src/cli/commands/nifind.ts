import type { RawCommand } from '../command.ts'

export const command: RawCommand = {
  name: 'nifind',
  isRaw: true,
  summary: 'find a directory in the domains up to the root',
  usage: ['portolan nifind [OPTION]… PATH [DOMAIN]'],
  description: [
    'Looks for PATH in the local domain, then in its parent, and so on up to the root, or up to DOMAIN, which must be one of them.',
  ],
  options: [
    { name: 'a', isHistoric: true, help: 'Look in every domain below the root, or below DOMAIN.' },
    { name: 'n', isHistoric: true, help: 'Leave out domains whose tag is local.' },
    { name: 'p', isHistoric: true, help: 'Print the properties of what is found.' },
    { name: 'v', isHistoric: true, help: 'Say also where it was not found.' },
    { name: 'T', argument: 'SECONDS', isHistoric: true, help: 'Wait so long for a server to answer (default 2).' },
  ],
  examples: [{ line: 'portolan nifind -v /users/jon', says: 'which domain has this user' }],
  exits: { '0': 'done, whether it was found or not', '1': 'wrong use, or a domain that cannot be opened' },
  run: async (words, context) => (await import('../netinfo/nifind.ts')).nifind(words, context),
}
