/** Asks for a password: what is typed is not shown, not kept, and not read beyond its line. */
import { openSync, readSync } from 'node:fs'
import { ReadStream } from 'node:tty'
import { systemCode, textOf } from '../core/index.ts'
import { isTerminal, messageWriter, writerTo } from './output.ts'
import type { Write } from './output.ts'

/** The terminal of the session, whatever standard input and output are. */
const TERMINAL = '/dev/tty'
/** The longest line that a terminal takes on Linux, and no password is longer (protocol.md §8.2: 255 bytes). */
const LINE_BYTES = 4096
const RETRY_MS = 20

const KEY = { endOfText: 0x03, endOfInput: 0x04, backspace: 0x08, eraseLine: 0x15, delete: 0x7f } as const
const LINE_ENDS: readonly number[] = [0x0a, 0x0d]

/**
 * Asks at the terminal of the session. Where there is none, a line of standard input is the answer, unless that holds data.
 * @returns null at the end of input, after Ctrl-C or Ctrl-D, or where there is no one to ask
 */
export async function askSecret(question: string, isInputData: boolean): Promise<string | null> {
  const terminal = openTerminal()
  if (terminal !== null) return askAt(terminal, writerTo(terminal), question)
  if (isInputData) return null
  if (await isTerminal(0)) return askAt(0, messageWriter(), question)
  messageWriter()(question)
  const answer = readLine()
  messageWriter()('\n')
  return answer
}

function openTerminal(): number | null {
  try {
    return openSync(TERMINAL, 'r+')
  } catch {
    return null // no terminal belongs to the session, or the system has no such file
  }
}

async function askAt(descriptor: number, write: Write, question: string): Promise<string | null> {
  const stream = new ReadStream(descriptor)
  // First, so that not even a fast typist is shown.
  stream.setRawMode(true)
  write(question)
  try {
    return await typedLine(stream)
  } finally {
    stream.setRawMode(false)
    write('\n')
    if (descriptor === 0) stream.pause()
    else stream.destroy()
  }
}

function typedLine(stream: ReadStream): Promise<string | null> {
  return new Promise((resolve) => {
    let typed: number[] = []
    const end = (answer: string | null): void => {
      stream.removeListener('data', listen)
      stream.removeListener('close', close)
      resolve(answer)
    }
    const close = (): void => end(null)
    const listen = (chunk: Buffer): void => {
      for (const byte of chunk) {
        if (LINE_ENDS.includes(byte)) return end(textOf(Buffer.from(typed)))
        if (byte === KEY.endOfText || (byte === KEY.endOfInput && typed.length === 0)) return end(null)
        if (byte === KEY.backspace || byte === KEY.delete) typed = withoutLast(typed)
        else if (byte === KEY.eraseLine) typed = []
        else if (typed.length < LINE_BYTES) typed.push(byte)
      }
    }
    stream.on('data', listen)
    stream.once('close', close)
  })
}

/** A character may be several bytes: those that continue it go with it. */
function withoutLast(typed: readonly number[]): number[] {
  const start = typed.findLastIndex((byte) => (byte & 0xc0) !== 0x80)
  return typed.slice(0, Math.max(start, 0))
}

/** One byte at a time, so that the next question, and whoever reads after us, finds the rest. */
function readLine(): string | null {
  const line: number[] = []
  const byte = Buffer.alloc(1)
  while (line.length < LINE_BYTES) {
    if (readByte(byte) === 0) return line.length === 0 ? null : textOf(Buffer.from(line))
    const [value = 0] = byte
    if (value === LINE_ENDS[0]) break
    line.push(value)
  }
  return textOf(Buffer.from(line.at(-1) === LINE_ENDS[1] ? line.slice(0, -1) : line))
}

function readByte(into: Buffer): number {
  for (;;) {
    try {
      return readSync(0, into, 0, 1, null)
    } catch (error) {
      if (systemCode(error) !== 'EAGAIN') return 0 // closed, or what Windows says at the end of a pipe
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS)
    }
  }
}
