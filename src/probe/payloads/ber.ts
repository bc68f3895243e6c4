/** The little of BER (X.690 §8) that questions in SNMP, LDAP and Kerberos need: definite lengths below 65,536. */
import { ascii, join, u16, u8 } from './bytes.ts'

export const BER = { integer: 0x02, octets: 0x04, null: 0x05, oid: 0x06, enumerated: 0x0a, sequence: 0x30 } as const

/** An element of this identifier (class, form and number in one byte), with these contents. */
export function ber(identifier: number, ...contents: readonly Uint8Array[]): Buffer {
  const body = join(...contents)
  const length =
    body.length < 0x80
      ? u8(body.length)
      : body.length < 0x100
        ? u8(0x81, body.length)
        : join(u8(0x82), u16(body.length))
  return join(u8(identifier), length, body)
}

/** A number from 0 to 2^31 - 1 in as few bytes as it needs (X.690 §8.3). */
export function berInteger(value: number, identifier: number = BER.integer): Buffer {
  const digits = value.toString(16)
  const hex = digits.length % 2 === 0 ? digits : `0${digits}`
  const bytes = Buffer.from(hex, 'hex')
  // The first bit is the sign.
  return ber(identifier, (bytes[0] ?? 0) >= 0x80 ? join(u8(0), bytes) : bytes)
}

export function berText(text: string, identifier: number = BER.octets): Buffer {
  return ber(identifier, ascii(text))
}
