/** A body that is ready to be sent to any client: as it is or compressed, with the tag that tells it from its next version. */
import { hash } from 'node:crypto'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

/** Below this a compressed body and its header are no smaller. */
const COMPRESSED_FROM_BYTES = 860
/** Quality 5 takes 1 ms for a page, and makes it a quarter of its size; 11 would take 40 ms for a tenth less. */
const BROTLI_QUALITY = 5
const ETAG_CHARS = 16

export type Coding = 'br' | 'gzip' | 'identity'

export class Body {
  readonly bytes: Buffer<ArrayBuffer>
  #tag: string | null
  #brotli: Buffer<ArrayBuffer> | null = null
  #gzip: Buffer<ArrayBuffer> | null = null

  /** @param tag what tells the bytes from all others of their address, where the maker knows; else it is worked out from them */
  constructor(content: string | Buffer<ArrayBuffer>, tag: string | null = null) {
    this.bytes = typeof content === 'string' ? Buffer.from(content) : content
    this.#tag = tag
  }

  /** A strong entity tag for one coding (RFC 9110 §8.8.3): bytes that differ have tags that differ. */
  etag(coding: Coding): string {
    this.#tag ??= hash('sha256', this.bytes, 'base64url').slice(0, ETAG_CHARS)
    return coding === 'identity' ? `"${this.#tag}"` : `"${this.#tag}-${coding}"`
  }

  /** Compressed once, and kept. */
  in(coding: Coding): Buffer<ArrayBuffer> {
    if (coding === 'br')
      return (this.#brotli ??= brotliCompressSync(this.bytes, {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
          [constants.BROTLI_PARAM_SIZE_HINT]: this.bytes.length,
        },
      }))
    if (coding === 'gzip') return (this.#gzip ??= gzipSync(this.bytes))
    return this.bytes
  }

  /** The coding that a client takes and that makes the body smaller (RFC 9110 §12.5.3). */
  codingFor(acceptEncoding: string | undefined): Coding {
    if (acceptEncoding === undefined || this.bytes.length < COMPRESSED_FROM_BYTES) return 'identity'
    return chooseCoding(acceptEncoding)
  }

  /** What it takes in memory, in bytes. */
  get size(): number {
    return this.bytes.length + (this.#brotli?.length ?? 0) + (this.#gzip?.length ?? 0)
  }
}

/** Brotli before gzip, where both are as welcome. */
export function chooseCoding(acceptEncoding: string): Coding {
  const weights = new Map<string, number>()
  for (const part of acceptEncoding.slice(0, 256).toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((each) => each.trim())
    const weight = parameters.find((each) => each.startsWith('q='))
    weights.set(name, weight === undefined ? 1 : Number(weight.slice(2)) || 0)
  }
  const weightOf = (name: string): number => weights.get(name) ?? weights.get('*') ?? 0
  const [brotli, gzip] = [weightOf('br'), weightOf('gzip')]
  if (brotli > 0 && brotli >= gzip) return 'br'
  return gzip > 0 ? 'gzip' : 'identity'
}
