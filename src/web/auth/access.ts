/** Who may do what on one running site, and how it is reached: everything that stands in front of the pages. */
import { PortolanError } from '../../core/index.ts'
import type { Log } from '../../core/index.ts'
import type { verifyPassword } from '../../directory/index.ts'
import type { Store } from '../../store/index.ts'
import { RateLimits } from '../http/rate-limits.ts'
import type { Rate, RateKind } from '../http/rate-limits.ts'
import { Reach } from '../http/reach.ts'
import type { ReachOptions } from '../http/reach.ts'
import type { ServedDomains } from '../live/served-domains.ts'
import { Audit } from './audit.ts'
import { Sessions } from './sessions.ts'
import { SignIn } from './sign-in.ts'
import { SignInLink } from './sign-in-link.ts'
import { Tokens } from './tokens.ts'

export interface Access {
  readonly reach: Reach
  readonly rates: RateLimits
  readonly sessions: Sessions
  readonly tokens: Tokens
  readonly audit: Audit
  readonly signIn: SignIn
  /** Null where no link was asked for. */
  readonly link: SignInLink | null
  /** Stops what it does by itself. */
  readonly close: () => void
}

export interface AccessOptions {
  readonly store: Store
  readonly domains: ServedDomains
  readonly log: Log
  readonly now: () => number
  readonly reach: ReachOptions
  /** The system's name for who runs this process: they get a link to sign in. */
  readonly operator?: string
  readonly rates?: Partial<Record<RateKind, Rate>>
  readonly verify?: typeof verifyPassword
  readonly refusalMs?: number
}

/** What is over is forgotten as often as this, in ms. */
const SWEEP_MS = 60_000

export function makeAccess(options: AccessOptions): Access {
  const { store, domains, log, now, operator, verify, refusalMs } = options
  const onError = (error: unknown): void => log('error', 'access-failed', { message: String(error) })
  const audit = new Audit({ store, log, now })
  const sessions = new Sessions({ store, domains, now, onError })
  const tokens = new Tokens({ store, domains, now, onError })
  const sweep = async (): Promise<void> => {
    await sessions.sweep()
    await tokens.sweep()
    await audit.sweep()
  }
  const timer = setInterval(() => void sweep().catch(onError), SWEEP_MS).unref()
  return {
    reach: new Reach(options.reach),
    rates: new RateLimits(now, options.rates),
    sessions,
    tokens,
    audit,
    signIn: new SignIn({
      domains,
      audit,
      now,
      ...(verify === undefined ? {} : { verify }),
      ...(refusalMs === undefined ? {} : { refusalMs }),
    }),
    link: operator === undefined ? null : new SignInLink(operator, now),
    close: () => clearInterval(timer),
  }
}

/**
 * Refuses what would send passwords readable over a network.
 * @throws ERR_PORTOLAN_USAGE
 */
export function requireSafeReach(reach: ReachOptions, isInsecureAllowed: boolean): void {
  const { isOpen, isTls } = new Reach({ host: reach.host, isTls: reach.isTls ?? false })
  if (!isOpen || isTls || isInsecureAllowed || (reach.trustedProxies ?? []).length > 0) return
  throw new PortolanError(
    'ERR_PORTOLAN_USAGE',
    `--http ${reach.host} is open to a network, and without TLS everybody on the way reads the passwords.`,
    {
      hint: 'Give --tls-cert FILE and --tls-key FILE, or --trust-proxy ADDR where a proxy encrypts; --insecure-http serves it all the same.',
    },
  )
}
