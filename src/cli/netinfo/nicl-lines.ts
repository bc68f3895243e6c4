/** Where nicl has its commands from when none is on its command line: a person at a terminal, or a script. */
import { createInterface } from 'node:readline'
import type { Interface } from 'node:readline'
import { printable, textOf } from '../../core/index.ts'
import { DirectoryError } from '../../directory/index.ts'
import { COMMAND_NAMES } from './nicl-commands.ts'
import type { NiclSession } from './nicl-session.ts'
import { NICL_EXIT } from './nicl-status.ts'
import { ToolError } from './tool-exit.ts'

/** A line of more is no command: values have 64 KiB at most. */
const LINE_BYTES_MAX = 16 * 1024 * 1024
const NEWLINE = 0x0a

/** The lines of standard input as they come, so that a program may wait for each answer. */
export async function* scriptLines(
  input: AsyncIterable<Buffer | string> = process.stdin,
): AsyncGenerator<string, void, undefined> {
  let rest: Buffer[] = []
  let restBytes = 0
  for await (const part of input) {
    let chunk = typeof part === 'string' ? Buffer.from(part) : part
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE)) {
      yield textOf(Buffer.concat([...rest, chunk.subarray(0, end)]))
      rest = []
      restBytes = 0
      chunk = chunk.subarray(end + 1)
    }
    restBytes += chunk.length
    if (restBytes > LINE_BYTES_MAX)
      throw new ToolError(NICL_EXIT.failed, `a line has more than ${LINE_BYTES_MAX} bytes`)
    rest.push(chunk)
  }
  if (restBytes > 0) yield textOf(Buffer.concat(rest))
}

/** What a person types, after a prompt that says where one is. */
export async function* typedLines(session: NiclSession): AsyncGenerator<string, void, undefined> {
  const terminal = new Terminal(session.context.isOutTerminal)
  session.ask = (question) => terminal.next(question)
  try {
    for (;;) {
      const line = await terminal.next(await promptOf(session))
      if (line === null) return
      yield line
    }
  } finally {
    terminal.close()
  }
}

async function promptOf(session: NiclSession): Promise<string> {
  if (session.options.isQuiet) return ''
  const prompt = `${await whereIs(session)} > `
  return session.options.isBold ? session.context.style.bold(prompt) : prompt
}

/** The current directory may be gone, or its server silent: the next command will say so. */
async function whereIs(session: NiclSession): Promise<string> {
  try {
    return printable(await session.pathOf(await session.reader(), session.current))
  } catch (error) {
    if (error instanceof DirectoryError || error instanceof ToolError) return `dir:${session.current}`
    throw error
  }
}

/** Lines with editing, recall and completion of commands. Only while it waits for a line the terminal is not its ordinary self. */
class Terminal {
  readonly #reader: Interface
  readonly #lines: string[] = []
  #isClosed = false
  #wake: () => void = () => {}

  constructor(isOutTerminal: boolean) {
    const output = isOutTerminal ? process.stdout : process.stderr
    this.#reader = createInterface({ input: process.stdin, output, terminal: true, completer: completeCommand })
    this.#reader.on('line', (line) => {
      this.#lines.push(line)
      this.#wake()
    })
    this.#reader.on('close', () => {
      this.#isClosed = true
      this.#wake()
    })
    // Ctrl-C at the prompt gives up the line, as in a shell.
    this.#reader.on('SIGINT', () => {
      this.#reader.write(null, { ctrl: true, name: 'e' })
      this.#reader.write(null, { ctrl: true, name: 'u' })
      output.write('\n')
      this.#reader.prompt()
    })
  }

  /** Null at the end of input. What was typed ahead comes at once. */
  async next(prompt: string): Promise<string | null> {
    if (this.#lines.length === 0 && !this.#isClosed) {
      process.stdin.setRawMode(true)
      this.#reader.setPrompt(prompt)
      this.#reader.prompt()
      await new Promise<void>((resolve) => (this.#wake = resolve))
      if (!this.#isClosed) this.#reader.pause()
      // So that Ctrl-C ends a command that takes too long.
      process.stdin.setRawMode(false)
    }
    return this.#lines.shift() ?? null
  }

  close(): void {
    this.#reader.close()
  }
}

function completeCommand(line: string): [string[], string] {
  const typed = line.trimStart()
  return /\s/.test(typed) ? [[], line] : [COMMAND_NAMES.filter((name) => name.startsWith(typed)), typed]
}
