import type { OptionSpec, RawCommand } from '../command.ts'
import { PASSWORD_OPTIONS, SERVER_OPTION, STATUS_EXITS, TIMEOUT_OPTION } from './netinfo-options.ts'

function operation(name: string, argument: string, help: string): OptionSpec {
  return { name, argument, help, isHistoric: true }
}

export const command: RawCommand = {
  name: 'niutil',
  isRaw: true,
  summary: 'read and change a NetInfo domain',
  usage: ['portolan niutil -OPERATION [OPTION]… DOMAIN [OPERAND]…'],
  description: [
    'Does one operation on a domain. DOMAIN is a name (. is the local domain, .. its parent, / the root, /sales/leaf, x/y, TAG@HOST), or HOST/TAG with -t. PATH is /users/pia, /machines/ip_address=192.168.1.5, or the number of a directory; a backslash takes the meaning from /, = and itself.',
    'Whatever it changes it changes at the master of the domain.',
  ],
  options: [
    operation('create', 'DOMAIN PATH', 'Create a directory, and those above it that are missing.'),
    operation('destroy', 'DOMAIN PATH', 'Destroy a directory and all below it.'),
    operation(
      'createprop',
      'DOMAIN PATH KEY [VALUE]…',
      'Give a property exactly these values; it is created when missing.',
    ),
    operation(
      'appendprop',
      'DOMAIN PATH KEY VALUE…',
      'Add values at the end of a property, whether it has them or not.',
    ),
    operation('mergeprop', 'DOMAIN PATH KEY VALUE…', 'Add those values that a property lacks.'),
    operation('insertval', 'DOMAIN PATH KEY VALUE INDEX', 'Insert a value before the one at INDEX, counted from 0.'),
    operation('destroyprop', 'DOMAIN PATH KEY…', 'Remove properties.'),
    operation('destroyval', 'DOMAIN PATH KEY VALUE…', 'Remove values from a property, wherever they stand.'),
    operation('renameprop', 'DOMAIN PATH OLD NEW', 'Rename a property.'),
    operation('read', 'DOMAIN PATH', 'Print all properties of a directory.'),
    operation('list', 'DOMAIN PATH [KEY]', 'Print the number of each child and its values of KEY (default name).'),
    operation('readprop', 'DOMAIN PATH KEY', 'Print the values of a property on one line.'),
    operation('readval', 'DOMAIN PATH KEY INDEX', 'Print one value, counted from 0.'),
    operation('rparent', 'DOMAIN', 'Print the server of the parent domain.'),
    operation('resync', 'DOMAIN', 'Have the servers of a domain compare their data with the master.'),
    operation('statistics', 'DOMAIN', 'Print what the server counts; also -stat.'),
    operation('domainname', 'DOMAIN', 'Print the absolute name of the domain.'),
    SERVER_OPTION,
    ...PASSWORD_OPTIONS,
    TIMEOUT_OPTION,
    { name: 'n', isHistoric: true, help: 'With -rparent: print the address, and do not look up its name.' },
    { name: 'R', isHistoric: true, help: 'While the master answers that it is busy, try again for ever.' },
  ],
  examples: [
    { line: 'portolan niutil -read . /users/pia', says: 'all properties of one user' },
    { line: 'portolan niutil -list . /machines ip_address', says: 'every machine with its addresses' },
    { line: 'portolan niutil -createprop -p / /users/pia shell /bin/sh', says: 'at the root, as root' },
  ],
  exits: { ...STATUS_EXITS, '3': 'INDEX is no number' },
  run: async (words, context) => (await import('../netinfo/niutil.ts')).niutil(words, context),
}
