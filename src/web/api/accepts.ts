/** Whether a client takes a media type (RFC 9110 §12.5.1). */

const RANGES_MAX = 32

/** The most exact range that fits decides; without the header everything is taken. */
export function isAccepted(accept: string | undefined, type: string): boolean {
  if (accept === undefined || accept.trim() === '') return true
  const [kind = ''] = type.split('/')
  let best = { rank: -1, weight: 0 }
  for (const part of accept.split(',', RANGES_MAX)) {
    const [range = '', ...parameters] = part.split(';').map((each) => each.trim().toLowerCase())
    const rank = ['*/*', `${kind}/*`, type].indexOf(range)
    const quality = parameters.find((each) => each.startsWith('q='))
    const weight = quality === undefined ? 1 : Number(quality.slice(2)) || 0
    if (rank > best.rank) best = { rank, weight }
  }
  return best.rank >= 0 && best.weight > 0
}
