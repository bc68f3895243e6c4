/** Reads a file of a scan, or standard input. */
import { readFileSync, statSync } from 'node:fs'
import { LIMITS, PortolanError, messageOf } from '../../core/index.ts'
import { readReport } from '../../probe/index.ts'
import type { ScanReport } from '../../probe/index.ts'
import type { Context } from '../command.ts'

/** @throws ERR_PORTOLAN_INPUT_UNREADABLE, ERR_PORTOLAN_INPUT_TOO_LARGE, and those of `readReport` */
export function readScanFile(path: string, context: Context): ScanReport {
  if (path === '-') return readReport(context.readInputBytes(), 'standard input')
  return readReport(readBytes(path), path)
}

function readBytes(path: string): Uint8Array {
  try {
    const { size } = statSync(path)
    if (size <= LIMITS.reportBytes) return readFileSync(path)
    throw new PortolanError(
      'ERR_PORTOLAN_INPUT_TOO_LARGE',
      `${path} has ${size} bytes; ${LIMITS.reportBytes} are the most`,
      {
        hint: 'Scan in parts, or keep only the hosts that matter.',
      },
    )
  } catch (error) {
    if (error instanceof PortolanError) throw error
    throw new PortolanError('ERR_PORTOLAN_INPUT_UNREADABLE', `${path} cannot be read: ${messageOf(error)}`, {
      hint: 'Name the file of a scan, or a dash for standard input.',
      cause: error,
    })
  }
}
