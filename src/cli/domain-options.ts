/** Options of the commands that work on the domains of this machine's data folder. */
import { join } from 'node:path'
import { userDataFolder } from '../core/index.ts'
import type { Environment } from '../core/index.ts'
import { DataFolder } from '../directory/index.ts'
import type { Domain } from '../directory/index.ts'
import type { Arguments, OptionSpec } from './command.ts'

export const DEFAULT_TAG = 'local'

export const DATA_OPTION: OptionSpec = {
  name: 'data',
  argument: 'DIR',
  help: "The folder of the domains (default: 'domains' in the user's data folder; see docs/reference/environment.md).",
}
export const DOMAIN_OPTION: OptionSpec = {
  name: 'domain',
  argument: 'TAG',
  help: `The domain's tag (default ${DEFAULT_TAG}).`,
}

export function dataFolderOf(args: Arguments, env: Environment): DataFolder {
  return new DataFolder(args.value('data') ?? join(userDataFolder(env), 'domains'))
}

export function tagOf(args: Arguments): string {
  return args.value('domain') ?? DEFAULT_TAG
}

/** Opens the domain that the options name, and closes it when the work is done. */
export async function withDomain<T>(
  args: Arguments,
  env: Environment,
  work: (domain: Domain) => T | Promise<T>,
): Promise<T> {
  const domain = await dataFolderOf(args, env).openExisting(tagOf(args))
  try {
    return await work(domain)
  } finally {
    await domain.close()
  }
}
