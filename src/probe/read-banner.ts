/** What a service says of itself. How it is asked is loaded with the first question: it brings TLS and all protocols along. */
import type { Banner, ProbeTransport } from './model.ts'

export interface BannerPlace {
  readonly address: string
  readonly port: number
  readonly transport: ProbeTransport
  /** As the user gave it: for TLS's SNI and HTTP's Host. */
  readonly name?: string | null
}

export interface BannerOptions {
  /** For all attempts together. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** A service that may be expected there, by a name of the registry or of the lore: it is asked for first. */
  readonly hint?: string | null
}

/** What the service at a port that is open says of itself; null when it said nothing within the limits. It does not throw. */
export async function readBanner(where: BannerPlace, options: BannerOptions): Promise<Banner | null> {
  const { askForBanner } = await import('./banners/read.ts')
  return askForBanner(where, options)
}
