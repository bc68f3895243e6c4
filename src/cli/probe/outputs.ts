/** Where the answers of a scan go: one form to standard output, others to files. */
import { PortolanError } from '../../core/index.ts'
import type { Arguments, Context } from '../command.ts'
import { beginFile } from './output-file.ts'
import type { OutputFile } from './output-file.ts'

export const FILE_FORMS = ['xml', 'grepable', 'csv'] as const
export type FileForm = (typeof FILE_FORMS)[number]

export interface Outputs {
  /** What standard output gets; `file` is one of the forms below, told by a dash. */
  readonly main: 'page' | 'json' | 'ndjson' | 'file'
  readonly paths: ReadonlyMap<FileForm, string>
  /** Rows only of what is open. */
  readonly isOpenOnly: boolean
  /** Of the page of one port: everything. */
  readonly isAll: boolean
}

/** @throws ERR_PORTOLAN_USAGE for two forms on standard output */
export function readOutputs(args: Arguments): Outputs {
  const paths = new Map(
    FILE_FORMS.flatMap((form) => {
      const path = args.value(form)
      return path === undefined ? [] : [[form, path] as const]
    }),
  )
  const forms = [
    ...(['json', 'ndjson'] as const).filter((form) => args.has(form)),
    ...[...paths].flatMap(([form, path]) => (path === '-' ? [form] : [])),
  ]
  if (forms.length > 1)
    throw new PortolanError('ERR_PORTOLAN_USAGE', `standard output takes one form, not ${forms.join(' and ')}`, {
      hint: 'Write the others to files: --xml FILE, --grepable FILE, --csv FILE.',
    })
  const files = [...paths.values()].filter((path) => path !== '-')
  if (new Set(files).size < files.length)
    throw new PortolanError('ERR_PORTOLAN_USAGE', 'two forms go to the same file', { hint: 'Name a file for each.' })
  const [form] = forms
  return {
    main: form === undefined ? 'page' : form === 'json' || form === 'ndjson' ? form : 'file',
    paths,
    isOpenOnly: args.has('open'),
    isAll: args.has('all'),
  }
}

/** Begins all files, or none. */
export function beginFiles({ paths }: Outputs, context: Context): ReadonlyMap<FileForm, OutputFile> {
  const files = new Map<FileForm, OutputFile>()
  try {
    for (const [form, path] of paths) files.set(form, beginFile(path, context))
  } catch (error) {
    for (const file of files.values()) file.abandon()
    throw error
  }
  return files
}
