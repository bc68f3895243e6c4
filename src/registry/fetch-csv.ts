/** Gets the text of IANA's registry from a file or an address, within limits. */
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { LIMITS, PortolanError, messageOf } from '../core/index.ts'
import { csvRefused } from './iana-csv.ts'

const CHUNK_BYTES = 65_536

export interface FetchedText {
  readonly text: string
  /** The day on which the server says the file last changed, YYYY-MM-DD; null for a file or a silent server. */
  readonly lastModified: string | null
}

/**
 * Reads a file, or fetches an `https:` address (`http:` only on this machine itself).
 * @throws ERR_PORTOLAN_INPUT_UNREADABLE, ERR_PORTOLAN_FETCH_FAILED, ERR_PORTOLAN_CSV_REFUSED for bytes that are not UTF-8
 */
export async function fetchCsv(from: string, signal?: AbortSignal): Promise<FetchedText> {
  const isAddress = /^[a-z][a-z0-9+.-]+:\/\//i.test(from)
  const { bytes, lastModified } = isAddress
    ? await fetchAddress(from, signal)
    : { bytes: await readLimited(from), lastModified: null }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), lastModified }
  } catch (error) {
    throw csvRefused(from, lineOfBadByte(bytes), 'the bytes are not UTF-8', error)
  }
}

async function readLimited(path: string): Promise<Uint8Array> {
  let file: FileHandle | null = null
  try {
    file = await open(path)
    const parts: Uint8Array[] = []
    let length = 0
    // Counted as it is read: of a pipe the system tells no size.
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES)
      if (bytesRead === 0) return Buffer.concat(parts)
      length += bytesRead
      if (length > LIMITS.csvBytes) throw new Error(`it has more than ${LIMITS.csvBytes} bytes`)
      parts.push(buffer.subarray(0, bytesRead))
    }
  } catch (error) {
    throw new PortolanError('ERR_PORTOLAN_INPUT_UNREADABLE', `${path} cannot be read: ${messageOf(error)}`, {
      hint: "Give the path of the file 'service-names-port-numbers.csv', or its address at IANA.",
      cause: error,
    })
  } finally {
    await file?.close()
  }
}

async function fetchAddress(
  from: string,
  signal?: AbortSignal,
): Promise<{ bytes: Uint8Array; lastModified: string | null }> {
  const failed = (what: string, cause?: unknown): PortolanError =>
    new PortolanError('ERR_PORTOLAN_FETCH_FAILED', `${from}: ${what}`, {
      hint: 'Check the address and the network, or fetch the file otherwise and give its path. Nothing was replaced.',
      cause,
    })
  const timeout = AbortSignal.timeout(LIMITS.fetchSeconds * 1000)
  if (!URL.canParse(from)) throw failed('not an address')
  let address = new URL(from)
  try {
    for (let redirects = 0; redirects <= LIMITS.fetchRedirects; redirects += 1) {
      if (!isTrusted(address))
        throw failed(`${address.protocol}//${address.host} is not encrypted, so anyone on the way could change it`)
      const response = await fetch(address, {
        redirect: 'manual',
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      })
      const location = response.headers.get('location')
      if (response.status >= 300 && response.status < 400 && location !== null) {
        address = new URL(location, address)
        continue
      }
      if (!response.ok) throw failed(`the server answers ${response.status} ${response.statusText}`)
      return { bytes: await readBody(response, failed), lastModified: dayOf(response.headers.get('last-modified')) }
    }
  } catch (error) {
    throw error instanceof PortolanError
      ? error
      : failed(messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error), error)
  }
  throw failed(`more than ${LIMITS.fetchRedirects} redirects`)
}

/** Only what is encrypted, or never leaves this machine, may replace the registry. */
function isTrusted(address: URL): boolean {
  return (
    address.protocol === 'https:' ||
    (address.protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(address.hostname))
  )
}

async function readBody(response: Response, failed: (what: string) => PortolanError): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of response.body ?? []) {
    length += part.length
    if (length > LIMITS.csvBytes) throw failed(`more than ${LIMITS.csvBytes} bytes`)
    parts.push(part)
  }
  const announced = Number(response.headers.get('content-length') ?? length)
  if (response.headers.get('content-encoding') === null && announced !== length)
    throw failed(`${length} bytes of ${announced} came`)
  return Buffer.concat(parts)
}

function dayOf(header: string | null): string | null {
  const time = header === null ? Number.NaN : Date.parse(header)
  return Number.isNaN(time) ? null : new Date(time).toISOString().slice(0, 10)
}

function lineOfBadByte(bytes: Uint8Array): number {
  // Decoding without `fatal` puts U+FFFD where the first bad byte stands.
  const text = new TextDecoder('utf-8').decode(bytes)
  const bad = text.indexOf('\ufffd')
  return text.slice(0, Math.max(bad, 0)).split('\n').length
}
