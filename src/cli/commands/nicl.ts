import type { RawCommand } from '../command.ts'

export const command: RawCommand = {
  name: 'nicl',
  isRaw: true,
  summary: 'read and change a domain, one command after another',
  usage: ['portolan nicl [OPTION]… DOMAIN [COMMAND [OPERAND]…]'],
  description: [
    'Does one command on a domain; without a command it asks for one after another, or reads them from standard input.',
    'The commands are read, list, create, append, merge, insert, rename, delete, copy, move, search, path, load, statistics, domainname, rparent, resync, flush, echo, source, cd, pwd, auth and quit; a dash before the name makes no difference.',
  ],
  options: [
    { name: 't', isHistoric: true, help: 'The domain is given as HOST/TAG.' },
    { name: 'ro', isHistoric: true, help: 'Change nothing.' },
    { name: 'p', isHistoric: true, help: 'Ask for a password, and write as the user root.' },
    { name: 'u', argument: 'USER', isHistoric: true, help: 'Write as this user.' },
    { name: 'P', argument: 'PASSWORD', isHistoric: true, help: 'The password.' },
    { name: 'v', isHistoric: true, help: 'Say more of each directory; -vv says still more.' },
    { name: 'q', isHistoric: true, help: 'Print no prompt.' },
    { name: 'i', isHistoric: true, help: 'Ask before a directory is deleted.' },
  ],
  examples: [
    { line: 'portolan nicl . -read /users/pia', says: 'all properties of one user' },
    { line: 'portolan nicl -t ada/network', says: 'one command after another' },
  ],
  exits: { '0': 'the last command was done', '1–255': 'the status of the last command, in its lowest 8 bits' },
  run: async (words, context) => (await import('../netinfo/nicl.ts')).nicl(words, context),
}
