/** Options that several NetInfo tools share (tools.md §0), as their records show them. */
import type { OptionSpec } from '../command.ts'

export const SERVER_OPTION: OptionSpec = {
  name: 't',
  isHistoric: true,
  help: 'The domain is given as HOST/TAG: the server of that tag on that host, a name or an address.',
}

export const TIMEOUT_OPTION: OptionSpec = {
  name: 'T',
  argument: 'SECONDS',
  isHistoric: true,
  help: 'Wait so long for each answer (default 30).',
}

export const PASSWORD_OPTIONS: readonly OptionSpec[] = [
  { name: 'p', isHistoric: true, help: 'Ask for a password, and write as the user root.' },
  {
    name: 'u',
    argument: 'USER',
    isHistoric: true,
    help: 'Write as this user, and ask for the password unless -P gives it.',
  },
  {
    name: 'P',
    argument: 'PASSWORD',
    isHistoric: true,
    help: 'The password. Other users of this machine may see it in the list of processes for a moment.',
  },
]

/** How a tool that follows niutil's codes ends (tools.md §0). */
export const STATUS_EXITS: Readonly<Record<string, string>> = {
  '0': 'done',
  '1': 'wrong use',
  '100 + n':
    'the directory answered with NetInfo status n: 104 no permission, 105 no such directory, 120 wrong password',
  '199': 'no server answered in time',
  '200': 'the domain could not be opened',
  '217–221': 'HOST/TAG is malformed: 217 its form, 218 no host, 219 no tag, 220 a bad address, 221 an unknown host',
}
