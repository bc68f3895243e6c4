/** What a service said of itself, on one line. */
import { printable } from '../../core/index.ts'
import type { Banner } from '../../probe/index.ts'

/** Details that say most, in this order; `server` and `title` are of HTTP. */
const TOLD_DETAILS = ['server', 'title', 'realm', 'tag', 'domains']

/** Product and version, else the first line, else the protocol: `OpenSSH 9.2p1`. */
export function foundText(banner: Banner): string {
  const named = [banner.product, banner.version].filter((part) => part !== null).join(' ')
  const service = banner.service === null ? null : banner.tls === null ? banner.service : `${banner.service} in TLS`
  return printable(
    [service, named === '' ? banner.text : named].filter((part) => part !== null && part !== '').join(': '),
  )
}

/** All that is worth a sentence: with the details, and the certificate. */
export function foundSentence(banner: Banner): string {
  const details = TOLD_DETAILS.flatMap((name) => {
    const value = banner.details[name]
    return value === undefined || value === '' || (banner.product !== null && value.startsWith(banner.product))
      ? []
      : [`${name} "${value}"`]
  })
  const { tls } = banner
  const certificate =
    tls === null
      ? []
      : [`${tls.protocol}, certificate of ${tls.subject} by ${tls.issuer}, until ${tls.validTo.slice(0, 10)}`]
  return `${[foundText(banner), ...[...details, ...certificate].map(printable)].filter((part) => part !== '').join('; ')}.`
}
