/** Opens what a scan is explained by. */
import type { LoreBook, Registry } from '../../registry/index.ts'
import type { Context } from '../command.ts'
import { MeaningBook, withMachines } from '../../answer/index.ts'
import type { PortsAsked } from '../../answer/index.ts'

/** @param ports those of which the directory is asked what it declares */
export function withMeanings<Result>(
  registry: Registry,
  lore: LoreBook,
  ports: PortsAsked,
  { env }: Context,
  use: (book: MeaningBook) => Promise<Result> | Result,
): Promise<Result> {
  return withMachines(ports, env, (machines) => use(new MeaningBook(registry, lore, machines)))
}
