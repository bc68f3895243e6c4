/** TLS over a connection that is there: nothing is trusted and nothing refused, for only what is said is of interest. */
import { connect } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import type { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { Socket } from 'node:net'
import { LIMITS, systemCode } from '../../core/index.ts'
import type { TlsFacts } from '../model.ts'
import { cleanText } from './banner-of.ts'

export interface TlsOptions {
  /** For SNI (RFC 6066 §3), where it is a name. */
  readonly name: string | null
  readonly alpn: readonly string[]
}

export type TlsOpening = { readonly socket: TLSSocket; readonly facts: TlsFacts } | { readonly failure: string }

/** Shakes hands as a client; the failure is OpenSSL's or the system's code, `TIME_OUT`, or `CLOSED`. */
export function openTls(socket: Socket, options: TlsOptions & { readonly timeoutMs: number }): Promise<TlsOpening> {
  return new Promise((resolve) => {
    const { name, alpn, timeoutMs } = options
    const secure = connect({
      socket,
      rejectUnauthorized: false,
      // An old server, too, may say who it is; nothing secret is ever sent.
      minVersion: 'TLSv1',
      ciphers: 'DEFAULT@SECLEVEL=0',
      ...(name !== null && isIP(name) === 0 ? { servername: name } : {}),
      ...(alpn.length > 0 ? { ALPNProtocols: [...alpn] } : {}),
    })
    const done = (opening: TlsOpening): void => {
      clearTimeout(timer)
      if ('failure' in opening) secure.destroy()
      resolve(opening)
    }
    const timer = setTimeout(() => done({ failure: 'TIME_OUT' }), Math.max(0, timeoutMs))
    // It stays: an error after the handshake has no other listener until the conversation's own.
    secure.on('error', (error) => done({ failure: systemCode(error) ?? 'CLOSED' }))
    secure.once('close', () => done({ failure: 'CLOSED' }))
    secure.once('secureConnect', () => done({ socket: secure, facts: factsOf(secure) }))
  })
}

function factsOf(socket: TLSSocket): TlsFacts {
  return {
    protocol: socket.getProtocol() ?? '',
    alpn: cleanText(socket.alpnProtocol === false ? null : socket.alpnProtocol),
    ...describeCertificate(socket.getPeerX509Certificate()),
  }
}

/** What a certificate says; empty texts where the peer showed none. */
export function describeCertificate(certificate: X509Certificate | undefined): Omit<TlsFacts, 'protocol' | 'alpn'> {
  return {
    subject: nameOf(certificate?.subject),
    issuer: nameOf(certificate?.issuer),
    names: parseNames(certificate?.subjectAltName ?? ''),
    validFrom: dateOf(certificate?.validFromDate),
    validTo: dateOf(certificate?.validToDate),
  }
}

/** Node writes each part of a distinguished name on a line of its own. */
function nameOf(text: string | undefined): string {
  return cleanText(text?.replaceAll('\n', ', ')) ?? ''
}

function dateOf(date: Date | undefined): string {
  return date === undefined || Number.isNaN(date.getTime()) ? '' : date.toISOString()
}

/**
 * The names and addresses of a subjectAltName as Node writes it: `DNS:example.org, IP Address:192.0.2.1`, where what holds a comma is
 * a JSON string.
 */
export function parseNames(text: string): string[] {
  const names: string[] = []
  for (const found of text.matchAll(/(?:^|, )(?:DNS|IP Address|URI|email):("(?:[^"\\]|\\.)*"|[^,]*)/g)) {
    if (names.length === LIMITS.bannerNames) break
    const name = cleanText(found[1])
    if (name !== null) names.push(name)
  }
  return names
}
