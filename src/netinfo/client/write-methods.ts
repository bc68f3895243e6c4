/** The writes of a domain (protocol.md §5) as methods, over whatever does the operations that they make of their arguments. */
import { APPEND } from '../../directory/index.ts'
import type { Id, WriteOperation } from '../../directory/index.ts'
import type { DomainHandle } from '../handle.ts'

export type WriteMethods = Pick<
  DomainHandle,
  | 'create'
  | 'destroy'
  | 'write'
  | 'createProperty'
  | 'destroyProperty'
  | 'writeProperty'
  | 'renameProperty'
  | 'createValue'
  | 'destroyValue'
  | 'writeValue'
>

export type CreateOperation = WriteOperation & { readonly kind: 'create' }

/**
 * @param create is answered by two ids, and has a form of its own
 * @param write does each other operation, and gives the new id of the directory that it names first
 */
export function writeMethodsOver(
  create: (operation: CreateOperation) => ReturnType<DomainHandle['create']>,
  write: (operation: Exclude<WriteOperation, CreateOperation>) => Promise<Id>,
): WriteMethods {
  return {
    create: (parent, properties, where = APPEND) => create({ kind: 'create', parent, properties, where }),
    destroy: (parent, child) => write({ kind: 'destroy', parent, child }),
    write: (id, properties) => write({ kind: 'write', id, properties }),
    createProperty: (id, property, where = APPEND) => write({ kind: 'createProperty', id, property, where }),
    destroyProperty: (id, index) => write({ kind: 'destroyProperty', id, index }),
    writeProperty: (id, index, values) => write({ kind: 'writeProperty', id, index, values }),
    renameProperty: (id, index, name) => write({ kind: 'renameProperty', id, index, name }),
    createValue: (id, index, value, where = APPEND) => write({ kind: 'createValue', id, index, value, where }),
    destroyValue: (id, index, at) => write({ kind: 'destroyValue', id, index, at }),
    writeValue: (id, index, at, value) => write({ kind: 'writeValue', id, index, at, value }),
  }
}
