import type { RawCommand } from '../command.ts'

export const command: RawCommand = {
  name: 'nicl',
  isRaw: true,
  summary: 'read and change a domain, one command after another',
  usage: [
    'portolan nicl [OPTION]… DOMAIN [COMMAND [OPERAND]…]',
    'portolan nicl -raw [OPTION]… FILE [COMMAND [OPERAND]…]',
  ],
  description: [
    'Does one command on a domain; without a command it asks for one after another, or reads them from standard input.',
    'The commands are read, list, create, append, merge, insert, rename, delete, copy, move, search, path, load, history, statistics, domainname, rparent, resync, flush, echo, source, cd, pwd, auth and quit; a dash before the name makes no difference.',
    'With -raw it works on the store of a domain without a server: the file TAG.mdb in the folder of the domains. Only there history is known, and passwords are moved and copied with the directory that holds them; a server does not show them.',
    'Words of a script or of the prompt may stand in double quotes; a backslash makes the next character literal, so one that a path needs is typed twice.',
  ],
  options: [
    { name: 't', isHistoric: true, help: 'The domain is given as HOST/TAG.' },
    { name: 'raw', isHistoric: true, help: 'Work on the store of a domain, without a server.' },
    { name: 'c', isHistoric: true, help: 'With -raw: make a new store.' },
    { name: 'ro', isHistoric: true, help: 'Change nothing.' },
    { name: 'p', isHistoric: true, help: 'Ask for a password, and write as the user root.' },
    { name: 'u', argument: 'USER', isHistoric: true, help: 'Write as this user.' },
    { name: 'P', argument: 'PASSWORD', isHistoric: true, help: 'The password.' },
    { name: 'v', isHistoric: true, help: 'Print the numbers of each directory too; -vv also says what is done.' },
    { name: 'q', isHistoric: true, help: 'Print no prompt.' },
    { name: 'i', isHistoric: true, help: 'Ask at the prompt before a directory is deleted.' },
    { name: 'nobold', isHistoric: true, help: 'Print the prompt as plain as the rest.' },
    { name: 'nonotify', isHistoric: true, help: 'Taken and without effect: a server sees by itself what changed.' },
  ],
  examples: [
    { line: 'portolan nicl . -read /users/pia', says: 'all properties of one user' },
    { line: 'portolan nicl -t ada/network', says: 'one command after another' },
    { line: 'portolan nicl -raw local.mdb -history', says: 'what was changed, from the store itself' },
  ],
  exits: {
    '0': 'the last command was done, or it was wrong use',
    '15': 'the last command failed, or the domain cannot be opened',
    '211': 'no directory has that number',
    '212': 'no such directory',
    '213': 'no such property',
    '214': 'the directory had changed meanwhile',
  },
  run: async (words, context) => (await import('../netinfo/nicl.ts')).nicl(words, context),
}
