/** A domain's server, and the NetInfo tools as they are run on it: processes of their own, by their own names, as root and as nobody. */
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { hashPassword } from '../../src/directory/index.ts'
import { addTo, setProperty } from './domain-of.ts'
import { requireLinux, requirePeers, requireRoot } from './peers.ts'
import { AS_NOBODY, NOBODY, runCli } from './run-cli.ts'
import type { Outcome } from './run-cli.ts'
import { startHost } from './server-host.ts'
import type { BinderPorts, Host } from './server-host.ts'

export const SITE_ADDRESS = '127.0.0.1'
export const PROGRAMS_FOLDER: string = join(import.meta.dirname, '..', '..', 'bin')

/** Runs a tool, which the first word names, with what it reads from standard input. */
export type ToolRunner = (words: readonly string[], input?: string) => Promise<Outcome>

export interface ToolSite {
  readonly host: Host
  /** As root where the tests run as root. */
  readonly run: ToolRunner
  /** As a user who is nobody, and without a terminal. */
  readonly runAsNobody: ToolRunner
}

/**
 * A master of the tag `local`, with two users: root, whose password is `root-secret`, and nob, who is nobody, may write the own
 * password and shell, and has the password `nob-secret`.
 */
export async function startToolSite(context: TestContext): Promise<ToolSite> {
  const binders: BinderPorts = new Map()
  const host = await startHost(context, {
    address: SITE_ADDRESS,
    tag: 'local',
    binders,
    prepare: async (domain) => {
      await setProperty(domain, 0, 'master', 'ada/local')
      const own = { _writers_passwd: 'nob', _writers_shell: 'nob' }
      await addTo(domain, 0, {
        name: 'users',
        at: [
          { name: 'root', uid: '0', passwd: await hashPassword('root-secret') },
          { name: 'nob', uid: String(NOBODY), passwd: await hashPassword('nob-secret'), ...own },
        ],
      })
    },
  })
  const env = { PORTOLAN_BINDER_PORT: String(binders.get(SITE_ADDRESS)) }
  const runThrough =
    (through: readonly string[]): ToolRunner =>
    ([tool = '', ...words], input = '') =>
      runCli(words, { program: join(PROGRAMS_FOLDER, `${tool}.cjs`), env, through, input })
  return { host, run: runThrough([]), runAsNobody: runThrough(['setsid', '-w', ...AS_NOBODY]) }
}

/** True where a test can be both: root proves itself by a port below 1024, and nobody must be someone else. */
export function requireRootAndNobody(context: TestContext): boolean {
  return requireLinux(context) && requireRoot(context) && requirePeers(context, 'setpriv', 'setsid')
}
