/** The commands by name; a command's module is loaded when it is named, but for that of the command meant when none is. */
import type { AnyCommand, Command } from '../command.ts'
import { NETINFO_TOOLS } from './netinfo-tools.ts'
import { command as portCommand } from './port.ts'

export const COMMAND_LOADERS = {
  port: (): Promise<Command> => Promise.resolve(portCommand),
  search: async (): Promise<Command> => (await import('./search.ts')).command,
  listeners: async (): Promise<Command> => (await import('./listeners.ts')).command,
  probe: async (): Promise<Command> => (await import('./probe.ts')).command,
  import: async (): Promise<Command> => (await import('./import.ts')).command,
  free: async (): Promise<Command> => (await import('./free.ts')).command,
  kill: async (): Promise<Command> => (await import('./kill.ts')).command,
  registry: async (): Promise<Command> => (await import('./registry.ts')).command,
  serve: async (): Promise<Command> => (await import('./serve.ts')).command,
  load: async (): Promise<Command> => (await import('./load.ts')).command,
  export: async (): Promise<Command> => (await import('./export.ts')).command,
  check: async (): Promise<Command> => (await import('./check.ts')).command,
  log: async (): Promise<Command> => (await import('./log.ts')).command,
  backup: async (): Promise<Command> => (await import('./backup.ts')).command,
  restore: async (): Promise<Command> => (await import('./restore.ts')).command,
  ...NETINFO_TOOLS,
  completion: async (): Promise<Command> => (await import('./completion.ts')).completion,
} as const

const ALIASES: Readonly<Record<string, keyof typeof COMMAND_LOADERS>> = { ls: 'listeners' }

/** Every command: for what speaks of all of them. */
export function loadAll(): Promise<AnyCommand[]> {
  return Promise.all(Object.values(COMMAND_LOADERS).map((load) => load()))
}

/** Null for what is no command. */
export function findCommand(name: string): (() => Promise<AnyCommand>) | null {
  const known = Object.entries(COMMAND_LOADERS).find(([each]) => each === (ALIASES[name] ?? name))
  return known === undefined ? null : known[1]
}
