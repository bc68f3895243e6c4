/**
 * Writes the documents that are made from the code: docs/reference/commands.md from the commands' records,
 * docs/reference/errors.md from the table of codes, and the answer for port 973 in README.md.
 *
 * test/docs.test.ts compares what stands in the files with what this would write.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { COMMON_OPTIONS, spellOption } from '../src/cli/command.ts'
import type { AnyCommand, OptionSpec } from '../src/cli/command.ts'
import { COMMAND_LOADERS } from '../src/cli/commands/index.ts'
import { renderPort } from '../src/cli/port-page.ts'
import { reportPort } from '../src/answer/index.ts'
import { makeStyle, paragraph } from '../src/cli/style.ts'
import { ERROR_KINDS } from '../src/core/index.ts'
import { TRANSPORTS, openLore, openRegistry } from '../src/registry/index.ts'

export interface Doc {
  /** From the root of the checkout. */
  readonly path: string
  readonly text: string
}

const root = join(import.meta.dirname, '..')
const WIDTH = 120
const MADE = '<!-- Made by scripts/write-docs.ts: change the code, then run `node scripts/write-docs.ts`. -->\n'
const BLOCK = /(<!-- portolan 973 -->\n)[\s\S]*?(<!-- \/portolan 973 -->)/

/** The documents as the code would have them; README.md with its own text around the block. */
export async function makeDocs(): Promise<readonly Doc[]> {
  const commands = await Promise.all(Object.values(COMMAND_LOADERS).map((load) => load()))
  return [
    { path: 'docs/reference/commands.md', text: commandsPage(commands) },
    { path: 'docs/reference/errors.md', text: errorsPage() },
    { path: 'README.md', text: withAnswer(readFileSync(join(root, 'README.md'), 'utf8')) },
  ]
}

function prose(text: string, first = '', rest: string = first): string {
  return paragraph(text, WIDTH, first, rest)
}

function commandsPage(commands: readonly AnyCommand[]): string {
  const list = commands.map((command) => `- [${command.name}](#${command.name}): ${command.summary}\n`).join('')
  return [
    `# Commands\n\n${MADE}`,
    prose(
      "`portolan PORT…` is `portolan port PORT…`: what is no command is a port. `portolan COMMAND --help` prints a command's part of this page; `portolan --version` prints the version.",
    ),
    list,
    prose('Every command takes these options, but for the NetInfo tools, which have options of their own:'),
    optionList(COMMON_OPTIONS),
    ...commands.map(commandPart),
  ].join('\n')
}

function commandPart(command: AnyCommand): string {
  const aliases =
    command.aliases === undefined ? '' : ` Also: ${command.aliases.map((each) => `\`${each}\``).join(', ')}.`
  const exits = Object.entries(command.exits).map(([status, meaning]) => prose(`${status}: ${meaning}`, '- ', '  '))
  const examples = command.examples.map(({ line, says }) => `# ${says}\n${line}\n`).join('\n')
  return [
    `## ${command.name}\n`,
    prose(`${sentence(command.summary)}${aliases}`),
    `\`\`\`\n${command.usage.join('\n')}\n\`\`\`\n`,
    ...command.description.map((text) => prose(text)),
    ...(command.options.length === 0 ? [] : ['### Options\n', optionList(command.options)]),
    '### Exit status\n',
    exits.join(''),
    '### Examples\n',
    `\`\`\`sh\n${examples}\`\`\`\n`,
  ].join('\n')
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
}

function optionList(options: readonly OptionSpec[]): string {
  return options
    .map((option) => {
      const short = option.short === undefined ? '' : `\`-${option.short}\`, `
      const argument = option.argument === undefined ? '' : ` ${option.argument}`
      const choices =
        option.choices === undefined ? '' : ` One of ${option.choices.map((each) => `\`${each}\``).join(', ')}.`
      const repeat = option.isRepeatable === true ? ' May be given several times.' : ''
      return prose(`${short}\`${spellOption(option)}${argument}\`: ${option.help}${choices}${repeat}`, '- ', '  ')
    })
    .join('')
}

function errorsPage(): string {
  const intro = prose(
    'Everything that can go wrong has a code. On the command line the message goes to standard error and the code decides the [exit status](exit-status.md). The library throws a `PortolanError` with `code`, `message` and, where there is something to do about it, `hint`. Codes are permanent and messages are not: match on `code`.',
  )
  const parts = Object.entries(ERROR_KINDS).map(
    ([code, { summary, exit }]) => `## ${code}\n\n${prose(`Exit status ${exit}. ${summary}`)}`,
  )
  return [`# Errors\n\n${MADE}`, intro, ...parts].join('\n')
}

/** What `portolan 973` prints with the data that came with Portolan, on a machine where nothing uses the port. */
function answer(): string {
  const { registry } = openRegistry({ PORTOLAN_DATA: join(root, 'no-such-folder') })
  const report = reportPort(973, TRANSPORTS, registry, openLore(), { listeners: [], connections: [], notes: [] })
  return renderPort(report, makeStyle({ colour: false, columns: null }), { all: false, notes: [] })
}

function withAnswer(readme: string): string {
  if (!BLOCK.test(readme)) throw new Error('README.md has no block <!-- portolan 973 --> … <!-- /portolan 973 -->')
  return readme.replace(
    BLOCK,
    (_, begin: string, end: string) => `${begin}\`\`\`console\n$ portolan 973\n${answer()}\`\`\`\n${end}`,
  )
}

if (import.meta.main) for (const { path, text } of await makeDocs()) writeFileSync(join(root, path), text)
