import type { RawCommand } from '../command.ts'

export const command: RawCommand = {
  name: 'nidomain',
  isRaw: true,
  summary: 'list, create and destroy the databases of a host',
  usage: ['portolan nidomain -OPERATION [OPERAND]… [HOST]'],
  description: ['Asks the binder of HOST (default this machine) for one operation.'],
  options: [
    { name: 'l', isHistoric: true, help: 'List the tags that are served, with their ports.' },
    { name: 'g', argument: 'TAG', isHistoric: true, help: 'Print the ports of one tag.' },
    { name: 'm', argument: 'TAG', isHistoric: true, help: 'Create a master.' },
    { name: 'c', argument: 'TAG MASTER/TAG', isHistoric: true, help: 'Create a clone of a master.' },
    { name: 'd', argument: 'TAG', isHistoric: true, help: 'Destroy a database and its server.' },
    { name: 'u', argument: 'TAG', isHistoric: true, help: 'Forget a tag, and leave its server as it is.' },
    { name: 'a', argument: 'TAG ALIAS', isHistoric: true, help: 'Serve the tag under another tag too.' },
  ],
  examples: [{ line: 'portolan nidomain -l ada', says: 'what ada serves' }],
  exits: { '0': 'done', '1': 'wrong use, or the binder refused' },
  run: async (words, context) => (await import('../netinfo/nidomain.ts')).nidomain(words, context),
}
