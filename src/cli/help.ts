/** The help texts, made from the commands' records. */
import { COMMON_OPTIONS, optionsOf, spellOption } from './command.ts'
import type { AnyCommand, OptionSpec } from './command.ts'
import { paragraph } from './style.ts'
import type { Style } from './style.ts'

/** `portolan --help`. */
export function renderOverview(commands: readonly AnyCommand[], style: Style): string {
  const width = Math.max(...commands.map((command) => command.name.length))
  const list = commands.map((command) => {
    const aliases = command.aliases === undefined ? '' : ` (also ${command.aliases.join(', ')})`
    return paragraph(command.summary + aliases, style.width, `  ${command.name.padEnd(width)}  `, ' '.repeat(width + 4))
  })
  return [
    paragraph(
      'Portolan says of any network port what it is for, what is really there, and who said it should be.',
      style.width,
      '',
    ),
    `\n${style.bold('Usage')}\n  portolan PORT…\n  portolan COMMAND [OPTION]… [ARGUMENT]…\n`,
    `\n${style.bold('Commands')}\n${list.join('')}`,
    `\n${style.bold('Options')}\n${optionLines([{ name: 'version', short: 'V', help: 'Print the version, and stop.' }, ...COMMON_OPTIONS], style)}`,
    `\n${paragraph("'portolan COMMAND --help' tells all of a command. What is no command is a port: 'portolan 973', 'portolan ssh'.", style.width, '')}`,
  ].join('')
}

/** `portolan COMMAND --help`, in the order of a manual page. */
export function renderHelp(command: AnyCommand, style: Style): string {
  const aliases = command.aliases === undefined ? '' : ` (also ${command.aliases.join(', ')})`
  const exits = Object.entries(command.exits).map(([status, meaning]) =>
    paragraph(meaning, style.width, `  ${status}  `, ' '.repeat(status.length + 4)),
  )
  const examples = command.examples.map(
    ({ line, says }) => `  ${style.cyan(line)}\n${paragraph(says, style.width, '      ')}`,
  )
  return [
    `${style.bold('Name')}\n${paragraph(`portolan ${command.name}${aliases} - ${command.summary}`, style.width, '  ')}`,
    `${style.bold('Usage')}\n${command.usage.map((line) => `  ${line}\n`).join('')}`,
    `${style.bold('Description')}\n${command.description.map((text) => paragraph(text, style.width, '  ')).join('\n')}`,
    `${style.bold('Options')}\n${optionLines(optionsOf(command), style)}`,
    `${style.bold('Exit status')}\n${exits.join('')}`,
    `${style.bold('Examples')}\n${examples.join('')}`,
  ].join('\n')
}

function optionLines(options: readonly OptionSpec[], style: Style): string {
  return options
    .map((option) => {
      const short = option.short === undefined ? '    ' : `-${option.short}, `
      const choices = option.choices === undefined ? '' : ` One of ${option.choices.join(', ')}.`
      const repeat = option.isRepeatable === true ? ' May be given several times.' : ''
      const head = `  ${short}${spellOption(option)}${option.argument === undefined ? '' : ` ${option.argument}`}\n`
      return head + paragraph(option.help + choices + repeat, style.width, '        ')
    })
    .join('')
}
