/** Strings as NetInfo has them: no NUL within, and no longer than the protocol can carry. */
import { byteLengthOf } from '../core/index.ts'
import { MODEL_LIMITS } from './model.ts'
import type { Properties, Property } from './model.ts'
import type { WriteOperation } from './operation.ts'
import { DirectoryError, STATUS } from './status.ts'

/** A directory that is larger could not be answered in one message of a size that clients accept. */
const DIRECTORY_BYTES_MAX = 16 * 1024 * 1024
/** The three shortest UTF-8 bytes of a UTF-16 unit: a text of fewer units cannot be too long. */
const BYTES_PER_UNIT_MAX = 3

/** A string ends at its first NUL, as it did in the original, which was written in C. */
export function cString(text: string): string {
  const end = text.indexOf('\0')
  const whole = end === -1 ? text : text.slice(0, end)
  if (whole.length * BYTES_PER_UNIT_MAX > MODEL_LIMITS.stringBytes && byteLengthOf(whole) > MODEL_LIMITS.stringBytes)
    throw new DirectoryError(STATUS.NOSPACE, `a string has more than ${MODEL_LIMITS.stringBytes} bytes`)
  return whole
}

function cStrings(values: readonly string[]): readonly string[] {
  if (values.length > MODEL_LIMITS.values)
    throw new DirectoryError(STATUS.NOSPACE, `a property has more than ${MODEL_LIMITS.values} values`)
  return values.map(cString)
}

function cProperty({ name, values }: Property): Property {
  return { name: cString(name), values: cStrings(values) }
}

/** @throws NOSPACE for what the protocol could not carry */
export function cProperties(properties: Properties): Properties {
  const clean = properties.map(cProperty)
  requireRoom(clean)
  return clean
}

/**
 * Many small writes must not make a directory that no answer can carry.
 * @throws NOSPACE
 */
export function requireRoom(properties: Properties): void {
  if (properties.length > MODEL_LIMITS.properties)
    throw new DirectoryError(STATUS.NOSPACE, `a directory has more than ${MODEL_LIMITS.properties} properties`)
  let size = 0
  for (const { name, values } of properties) {
    if (values.length > MODEL_LIMITS.values)
      throw new DirectoryError(STATUS.NOSPACE, `a property has more than ${MODEL_LIMITS.values} values`)
    size = values.reduce((sum, value) => sum + value.length + 8, size + name.length)
  }
  if (size > DIRECTORY_BYTES_MAX)
    throw new DirectoryError(STATUS.NOSPACE, `a directory has more than ${DIRECTORY_BYTES_MAX} bytes`)
}

/**
 * The operation with its strings cut at NULs.
 * @throws NOSPACE for what the protocol could not carry
 */
export function withinLimits(operation: WriteOperation): WriteOperation {
  switch (operation.kind) {
    case 'destroy':
    case 'destroyProperty':
    case 'destroyValue':
      return operation
    case 'create':
    case 'write':
      return { ...operation, properties: cProperties(operation.properties) }
    case 'createProperty':
      return { ...operation, property: cProperty(operation.property) }
    case 'writeProperty':
      return { ...operation, values: cStrings(operation.values) }
    case 'renameProperty':
      return { ...operation, name: cString(operation.name) }
    case 'createValue':
    case 'writeValue':
      break
  }
  return { ...operation, value: cString(operation.value) }
}
