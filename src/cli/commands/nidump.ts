import type { RawCommand } from '../command.ts'
import { SERVER_OPTION, TIMEOUT_OPTION } from './netinfo-options.ts'

export const command: RawCommand = {
  name: 'nidump',
  isRaw: true,
  summary: 'print a directory as the flat file it stands for',
  usage: ['portolan nidump [-T SECONDS] FORMAT DOMAIN', 'portolan nidump -r PATH DOMAIN'],
  description: [
    'Prints the directory that belongs to FORMAT in the form of the file in /etc. The formats are aliases, bootparams, bootptab, ethers, exports, fstab, group, hosts, networks, passwd, printcap, protocols, resolv.conf, rpc and services.',
    "With -r it prints a directory with all below it in the raw form, which 'niload -r' reads.",
  ],
  options: [
    { name: 'r', isHistoric: true, help: 'Print the directory at PATH raw.' },
    { ...SERVER_OPTION, argument: 'HOST/TAG' },
    TIMEOUT_OPTION,
  ],
  examples: [
    { line: 'portolan nidump passwd .', says: 'the users of the local domain' },
    { line: 'portolan nidump -r / -t ada/network > network.raw', says: 'a whole domain, kept in a file' },
  ],
  exits: {
    '0': 'printed, or there is no such directory',
    '1': 'wrong use, an unknown format, or the domain could not be opened',
  },
  run: async (words, context) => (await import('../netinfo/nidump.ts')).nidump(words, context),
}
