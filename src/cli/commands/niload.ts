import type { RawCommand } from '../command.ts'
import { PASSWORD_OPTIONS, SERVER_OPTION, TIMEOUT_OPTION } from './netinfo-options.ts'

export const command: RawCommand = {
  name: 'niload',
  isRaw: true,
  summary: 'load a flat file into a domain',
  usage: ['portolan niload [OPTION]… FORMAT DOMAIN < FILE', 'portolan niload [OPTION]… -r PATH DOMAIN < FILE'],
  description: [
    'Reads a file of the form of /etc from standard input, and puts each entry into the directory that belongs to FORMAT. An entry that is there already gets the properties of the file. The formats are aliases, bootparams, bootptab, fstab, group, hosts, networks, passwd, passwd.43, printcap, protocols, rpc and services.',
    "With -r it reads what 'nidump -r' prints: PATH gets these properties and these children, and loses those it had.",
  ],
  options: [
    { name: 'd', isHistoric: true, help: 'First destroy the directory with all below it.' },
    { name: 'm', isHistoric: true, help: 'Merge: keep properties and values that the file does not name.' },
    { name: 'v', isHistoric: true, help: 'Tell on standard error what is done.' },
    { name: 'r', argument: 'PATH', isHistoric: true, help: 'Load the raw form into this directory.' },
    SERVER_OPTION,
    ...PASSWORD_OPTIONS,
    TIMEOUT_OPTION,
  ],
  examples: [
    { line: 'portolan niload -p hosts / < /etc/hosts', says: 'the machines of the network, as root' },
    { line: 'portolan niload -m services . < more-services', says: 'without taking away what is there' },
  ],
  exits: {
    '0': 'loaded, or there was nothing to load; with -r also when loading failed',
    '1': 'wrong use, the domain could not be opened, or an entry was refused: what follows it was not loaded',
  },
  run: async (words, context) => (await import('../netinfo/niload.ts')).niload(words, context),
}
