/**
 * The forms that values have by convention, and whether a value is in the one spelling that others look up.
 *
 * Matching is textual (protocol.md §10): `010` is not found by who asks for `10`.
 */
import { isIPv6 } from 'node:net'

/** `network` is an IPv4 address of which trailing parts may be left out; `port` a number up to 65,535. */
export type ValueForm = 'text' | 'number' | 'port' | 'address' | 'network' | 'ethernet' | 'serves' | 'bootparam'

const NUMBER_MIN = -(2 ** 31)
const NUMBER_MAX = 2 ** 32 - 1
export const PORT_MAX = 65_535
const OCTET_MAX = 255
const DECIMAL = /^-?\d{1,10}$/
const DOTTED = /^\d{1,3}(?:\.\d{1,3})*$/
const ETHERNET = /^[0-9a-f]{1,2}(?::[0-9a-f]{1,2}){5}$/i
const SERVES = /^[^/]+\/[^/]+$/
const BOOTPARAM = /^[^=]+=./

/** The number that a decimal text is; null when it is none, or beyond 32 bits. Leading zeros are passed over. */
export function readNumber(text: string | undefined): number | null {
  if (text === undefined || !DECIMAL.test(text)) return null
  const value = Number(text)
  return value < NUMBER_MIN || value > NUMBER_MAX ? null : value
}

/** What is wrong with a value; `canonical` is the spelling that others look up, `form` what the value should be of. */
export type FormFault =
  | { readonly kind: 'notNumber' | 'notPort' | 'notAddress' | 'notNetwork' | 'notEthernet' }
  | { readonly kind: 'notForm'; readonly form: string }
  | { readonly kind: 'notCanonical'; readonly canonical: string }

const FAULT_FINDERS: Readonly<Record<ValueForm, (value: string) => FormFault | undefined>> = {
  text: () => undefined,
  number: findNumberFault,
  port: findPortFault,
  address: (value) => (value.includes(':') ? findV6Fault(value) : findDottedFault(value, 4)),
  network: (value) => findDottedFault(value, 1),
  ethernet: findEthernetFault,
  serves: (value) => (SERVES.test(value) ? undefined : { kind: 'notForm', form: 'DOMAIN/TAG' }),
  bootparam: (value) => (BOOTPARAM.test(value) ? undefined : { kind: 'notForm', form: 'KEY=HOST:PATH' }),
}

/** What is wrong with a value of this form; undefined when it is as others expect it. */
export function findFormFault(form: ValueForm, value: string): FormFault | undefined {
  return FAULT_FINDERS[form](value)
}

function otherThan(canonical: string, value: string): FormFault | undefined {
  return canonical === value ? undefined : { kind: 'notCanonical', canonical }
}

function findNumberFault(value: string): FormFault | undefined {
  const number = readNumber(value)
  if (number === null) return { kind: 'notNumber' }
  return otherThan(String(number), value)
}

function findPortFault(value: string): FormFault | undefined {
  const number = readNumber(value)
  if (number === null || number < 0 || number > PORT_MAX) return { kind: 'notPort' }
  return findNumberFault(value)
}

function findDottedFault(value: string, partsMin: number): FormFault | undefined {
  const parts = DOTTED.test(value) ? value.split('.').map(Number) : []
  const isAddress = parts.length >= partsMin && parts.length <= 4 && parts.every((part) => part <= OCTET_MAX)
  if (!isAddress) return { kind: partsMin === 4 ? 'notAddress' : 'notNetwork' }
  const canonical = parts.join('.')
  return otherThan(canonical, value)
}

/** The spelling of RFC 5952, which is that of URLs. */
function findV6Fault(value: string): FormFault | undefined {
  if (!isIPv6(value) || value.includes('%')) return { kind: 'notAddress' }
  const canonical = new URL(`http://[${value}]/`).hostname.slice(1, -1)
  return otherThan(canonical, value)
}

function findEthernetFault(value: string): FormFault | undefined {
  if (!ETHERNET.test(value)) return { kind: 'notEthernet' }
  const canonical = value
    .split(':')
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(':')
  return otherThan(canonical, value)
}
