/** The tools of NetInfo: each a command here, and a program of its own name (bin/). */
import type { Command } from '../command.ts'

export const NETINFO_TOOLS = {
  niutil: async (): Promise<Command> => (await import('./niutil.ts')).command,
  nidump: async (): Promise<Command> => (await import('./nidump.ts')).command,
  niload: async (): Promise<Command> => (await import('./niload.ts')).command,
  nireport: async (): Promise<Command> => (await import('./nireport.ts')).command,
  nigrep: async (): Promise<Command> => (await import('./nigrep.ts')).command,
  nipasswd: async (): Promise<Command> => (await import('./nipasswd.ts')).command,
  nicl: async (): Promise<Command> => (await import('./nicl.ts')).command,
  nifind: async (): Promise<Command> => (await import('./nifind.ts')).command,
  nidomain: async (): Promise<Command> => (await import('./nidomain.ts')).command,
} as const
