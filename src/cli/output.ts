/**
 * Where the program writes: data to standard output, everything else to standard error.
 *
 * Written by descriptor and not through process.stdout: loading Node's streams would cost each start 3 ms and more, and
 * a synchronous write is complete when the process ends.
 */
import { fstatSync, statSync, writeSync } from 'node:fs'
import { PortolanError, bytesOf, messageOf, systemCode } from '../core/index.ts'

const RETRY_MS = 5

/** The reader went away (`portolan ls | head -1`): nothing is wrong, and no one is left to tell. */
export class ReaderGone extends Error {
  override readonly name: string = 'ReaderGone'
}

/** Writes all of a text. */
export type Write = (text: string) => void

/** Writes messages; when no one reads them any more, that changes nothing. */
export function messageWriter(): Write {
  const write = writerTo(2)
  return (text) => {
    try {
      write(text)
    } catch {
      // There is nowhere left to say so.
    }
  }
}

/**
 * @throws ReaderGone when the other end of a pipe is closed
 * @throws ERR_PORTOLAN_OUTPUT_FAILED
 */
export function writerTo(descriptor: number): Write {
  return (text) => {
    const bytes = bytesOf(text)
    let offset = 0
    while (offset < bytes.length) {
      try {
        offset += writeSync(descriptor, bytes, offset)
      } catch (error) {
        if (systemCode(error) === 'EPIPE') throw new ReaderGone()
        if (systemCode(error) !== 'EAGAIN') throw outputFailed(error)
        // A pipe that someone else made non-blocking is full: wait for its reader.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS)
      }
    }
  }
}

function outputFailed(cause: unknown): PortolanError {
  return new PortolanError('ERR_PORTOLAN_OUTPUT_FAILED', `the output cannot be written: ${messageOf(cause)}`, {
    hint: 'What was written before is incomplete: make room, or send it elsewhere.',
    cause,
  })
}

/** Whether a descriptor is a terminal. Most often it is a file, a pipe or /dev/null, which is told without loading node:tty. */
export async function isTerminal(descriptor: number): Promise<boolean> {
  try {
    const status = fstatSync(descriptor)
    if (!status.isCharacterDevice() || status.rdev === statSync('/dev/null', { throwIfNoEntry: false })?.rdev)
      return false
  } catch {
    return false // closed
  }
  return (await import('node:tty')).isatty(descriptor)
}
