/** Rows and registries for tests, of which only what matters is said. */
import { buildIndex } from '../../src/registry/index-build.ts'
import type { RegistryRow, Source } from '../../src/registry/model.ts'
import { Registry } from '../../src/registry/registry.ts'
import { tableOfRows } from '../../src/registry/table.ts'

export const BLANK_ROW: RegistryRow = {
  name: '',
  ports: null,
  transports: [],
  description: '',
  assignee: '',
  contact: '',
  registrationDate: '',
  modificationDate: '',
  reference: '',
  serviceCode: '',
  unauthorizedUse: '',
  notes: '',
}

export const TEST_SOURCE: Source = {
  id: 'test',
  title: 'Test rows',
  asOf: '2025-11-14',
  asOfBasis: 'said so',
  url: 'https://example.org/',
}

export const MADE_AT = '2026-01-02T03:04:05.000Z'

export function rowWith(part: Partial<RegistryRow>): RegistryRow {
  return { ...BLANK_ROW, ...part }
}

/** The bytes of a compiled file of these rows. */
export function compile(rows: readonly Partial<RegistryRow>[]): Buffer {
  return buildIndex(tableOfRows(rows.map(rowWith), TEST_SOURCE), MADE_AT)
}

export function registryOf(...rows: readonly Partial<RegistryRow>[]): Registry {
  return new Registry(compile(rows), 'test')
}
