/** A request's body, read to a limit. */
import { messageOf } from '../../core/index.ts'
import type { WebContext } from '../env.ts'
import { Problem } from './problem.ts'

/** The media type alone, in lower case: `application/json`. */
export function mediaTypeOf(c: WebContext): string {
  return (c.req.header('content-type') ?? '').split(';', 1).join('').trim().toLowerCase()
}

/**
 * The bytes as UTF-8.
 * @throws Problem too-large, invalid
 */
export async function readText(c: WebContext, maxBytes: number): Promise<string> {
  const bytes = await readBytes(c, maxBytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Problem('invalid', 'The body is not UTF-8.')
  }
}

/**
 * A value of JSON.
 * @throws Problem too-large, invalid
 */
export async function readJson(c: WebContext, maxBytes: number): Promise<unknown> {
  const text = await readText(c, maxBytes)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Problem('invalid', `The body is not JSON: ${messageOf(error)}.`)
  }
}

async function readBytes(c: WebContext, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = new Problem('too-large', `The body has more than ${maxBytes} bytes.`, {
    more: { maxBytes },
    // What is left of it is not read, so the connection can serve no other request.
    headers: { connection: 'close' },
  })
  const told = Number(c.req.header('content-length') ?? 0)
  if (told > maxBytes) throw tooLarge
  const parts: Uint8Array[] = []
  let size = 0
  const body = c.req.raw.body
  if (body === null) return new Uint8Array()
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw new Problem('invalid', `The body broke off: ${messageOf(error)}.`)
    })
    if (done) return Buffer.concat(parts)
    size += value.length
    if (size > maxBytes) {
      void reader.cancel().catch(() => {})
      throw tooLarge
    }
    parts.push(value)
  }
}
