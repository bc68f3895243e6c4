import type { RawCommand } from '../command.ts'
import { SERVER_OPTION, STATUS_EXITS, TIMEOUT_OPTION } from './netinfo-options.ts'

export const command: RawCommand = {
  name: 'nigrep',
  isRaw: true,
  summary: 'find properties by an expression',
  usage: ['portolan nigrep [-T SECONDS] EXPRESSION [-t] DOMAIN [PATH]…'],
  description: [
    'Walks the directories below each PATH (default /) and prints every property whose name or one of whose values matches EXPRESSION, an extended regular expression of POSIX.',
  ],
  options: [SERVER_OPTION, TIMEOUT_OPTION],
  examples: [{ line: "portolan nigrep '^192\\.168\\.1\\.' . /machines", says: 'machines of one network' }],
  exits: {
    ...STATUS_EXITS,
    '0': 'done, whether anything matched or not',
    '1': 'wrong use, an invalid expression, or the domain could not be opened',
  },
  run: async (words, context) => (await import('../netinfo/nigrep.ts')).nigrep(words, context),
}
