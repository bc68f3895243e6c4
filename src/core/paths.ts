/** Where Portolan's files lie: those it came with, and those it keeps for this user. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

export type Environment = Readonly<Record<string, string | undefined>>

/** How far above this file the package's folder can lie: src/core, dist/cli, dist/lib/core. */
const LEVELS_MAX = 3

/** The package's own folder: the nearest one above this file that has `data` in it. */
export function packageFolder(): string {
  let folder = import.meta.dirname
  for (let level = 0; level < LEVELS_MAX; level += 1) {
    folder = dirname(folder)
    if (existsSync(join(folder, 'data'))) return folder
  }
  return folder
}

/** The folder of the compiled data that came with Portolan. */
export function packagedDataFolder(): string {
  return join(packageFolder(), 'data')
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
