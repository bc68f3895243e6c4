/** The tools of NetInfo: each a command here, and a program of its own name (bin/). */
import type { RawCommand } from '../command.ts'

export const NETINFO_TOOLS = {
  niutil: async (): Promise<RawCommand> => (await import('./niutil.ts')).command,
  nidump: async (): Promise<RawCommand> => (await import('./nidump.ts')).command,
  niload: async (): Promise<RawCommand> => (await import('./niload.ts')).command,
  nireport: async (): Promise<RawCommand> => (await import('./nireport.ts')).command,
  nigrep: async (): Promise<RawCommand> => (await import('./nigrep.ts')).command,
  nipasswd: async (): Promise<RawCommand> => (await import('./nipasswd.ts')).command,
  nicl: async (): Promise<RawCommand> => (await import('./nicl.ts')).command,
  nifind: async (): Promise<RawCommand> => (await import('./nifind.ts')).command,
  nidomain: async (): Promise<RawCommand> => (await import('./nidomain.ts')).command,
} as const
