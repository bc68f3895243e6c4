import type { RawCommand } from '../command.ts'
import { SERVER_OPTION, STATUS_EXITS, TIMEOUT_OPTION } from './netinfo-options.ts'

export const command: RawCommand = {
  name: 'nireport',
  isRaw: true,
  summary: 'print a table of properties of the children of a directory',
  usage: ['portolan nireport [OPTION]… DOMAIN PATH KEY…'],
  description: [
    'Prints one line for each child of the directory at PATH: for each KEY its values with commas between them, and a TAB. What a child lacks is printed as #NoValue#.',
  ],
  options: [SERVER_OPTION, TIMEOUT_OPTION],
  examples: [{ line: 'portolan nireport . /users name uid shell', says: 'three columns of every user' }],
  exits: STATUS_EXITS,
  run: async (words, context) => (await import('../netinfo/nireport.ts')).nireport(words, context),
}
