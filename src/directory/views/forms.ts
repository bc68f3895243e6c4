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
const PORT_MAX = 65_535
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

const FAULT_FINDERS: Readonly<Record<ValueForm, (value: string) => string | undefined>> = {
  text: () => undefined,
  number: findNumberFault,
  port: findPortFault,
  address: (value) => (value.includes(':') ? findV6Fault(value) : findDottedFault(value, 4)),
  network: (value) => findDottedFault(value, 1),
  ethernet: findEthernetFault,
  serves: (value) => (SERVES.test(value) ? undefined : 'is not DOMAIN/TAG'),
  bootparam: (value) => (BOOTPARAM.test(value) ? undefined : 'is not KEY=HOST:PATH'),
}

/** What is wrong with a value of this form, as the end of a sentence; undefined when it is as others expect it. */
export function findFormFault(form: ValueForm, value: string): string | undefined {
  return FAULT_FINDERS[form](value)
}

function sayCanonical(canonical: string): string {
  return `is looked up as text: write ${canonical}`
}

function findNumberFault(value: string): string | undefined {
  const number = readNumber(value)
  if (number === null) return 'is not a decimal number'
  return String(number) === value ? undefined : sayCanonical(String(number))
}

function findPortFault(value: string): string | undefined {
  const number = readNumber(value)
  if (number === null || number < 0 || number > PORT_MAX) return `is not a port from 0 to ${PORT_MAX}`
  return findNumberFault(value)
}

function findDottedFault(value: string, partsMin: number): string | undefined {
  const parts = DOTTED.test(value) ? value.split('.').map(Number) : []
  const isAddress = parts.length >= partsMin && parts.length <= 4 && parts.every((part) => part <= OCTET_MAX)
  if (!isAddress) return partsMin === 4 ? 'is not an address' : 'is not a network number'
  const canonical = parts.join('.')
  return canonical === value ? undefined : sayCanonical(canonical)
}

/** The spelling of RFC 5952, which is that of URLs. */
function findV6Fault(value: string): string | undefined {
  if (!isIPv6(value) || value.includes('%')) return 'is not an address'
  const canonical = new URL(`http://[${value}]/`).hostname.slice(1, -1)
  return canonical === value ? undefined : sayCanonical(canonical)
}

function findEthernetFault(value: string): string | undefined {
  if (!ETHERNET.test(value)) return 'is not an Ethernet address'
  const canonical = value
    .split(':')
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(':')
  return canonical === value ? undefined : sayCanonical(canonical)
}
