import type { RawCommand } from '../command.ts'

export const command: RawCommand = {
  name: 'nipasswd',
  isRaw: true,
  summary: 'change a password in a domain',
  usage: ['portolan nipasswd [-l LOCATION] [USER]'],
  description: [
    'Asks for the old password, then twice for the new one, and writes it to the domain that has the user. Without USER it is the user who runs it; without -l the local domain is searched for it, then its parents.',
    'The superuser of the machine that is the master of the domain is not asked for the old password.',
    'The protocol of NetInfo carries passwords unprotected: use it only on a network that you trust.',
  ],
  options: [
    {
      name: 'l',
      argument: 'LOCATION',
      isHistoric: true,
      help: 'The domain: a name that begins with /, ./ or ../, else HOST/TAG.',
    },
    {
      name: 'i',
      argument: 'netinfo',
      isHistoric: true,
      help: 'For scripts that say passwd -i netinfo; changes nothing.',
    },
  ],
  examples: [{ line: 'portolan nipasswd -l / pia', says: "pia's password in the root domain" }],
  exits: { '0': 'changed', '1': 'not changed: a message says why' },
  run: async (words, context) => (await import('../netinfo/nipasswd.ts')).nipasswd(words, context),
}
