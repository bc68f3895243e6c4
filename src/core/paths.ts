/** Where Portolan's files lie: those it came with, and those it keeps for this user. */
import { homedir } from 'node:os'
import { basename, join } from 'node:path'

export type Environment = Readonly<Record<string, string | undefined>>

/** The folder of the compiled data that came with Portolan: beside `dist/` when bundled, beside `src/` in a checkout. */
export function packagedDataFolder(): string {
  const here = import.meta.dirname
  return basename(here) === 'dist' ? join(here, '..', 'data') : join(here, '..', '..', 'data')
}

/**
 * The folder where Portolan keeps what this user updated.
 *
 * `PORTOLAN_DATA` if set, else the place that the system's custom gives: XDG Base Directory, Application Support, LOCALAPPDATA.
 */
export function userDataFolder(env: Environment, platform: NodeJS.Platform = process.platform): string {
  const own = env['PORTOLAN_DATA']
  if (own !== undefined && own !== '') return own
  const home = env['HOME'] ?? homedir()
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Portolan')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Portolan')
  const xdg = env['XDG_DATA_HOME']
  return join(xdg !== undefined && xdg.startsWith('/') ? xdg : join(home, '.local', 'share'), 'portolan')
}
