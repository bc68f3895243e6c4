import { PortolanError } from '../../core/index.ts'
import { optionsOf, spellOption } from '../command.ts'
import type { AnyCommand, Arguments, Command, Context, OptionSpec } from '../command.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const

export const completion: Command = {
  name: 'completion',
  summary: 'print completions for a shell',
  usage: ['portolan completion SHELL'],
  description: ['Prints a script that completes commands, options and their values; SHELL is bash, zsh or fish.'],
  options: [],
  examples: [
    { line: 'portolan completion bash > ~/.local/share/bash-completion/completions/portolan', says: 'for bash' },
    { line: 'portolan completion zsh > "${fpath[1]}/_portolan"', says: 'for zsh' },
    { line: 'portolan completion fish > ~/.config/fish/completions/portolan.fish', says: 'for fish' },
  ],
  exits: { 0: 'printed', 2: 'no such shell' },
  run: runCompletion,
}

async function runCompletion(args: Arguments, context: Context): Promise<0> {
  const [shell = ''] = args.positionals
  const { loadAll } = await import('./index.ts')
  const commands = await loadAll()
  const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript }
  const known = SHELLS.find((each) => each === shell)
  if (known === undefined) {
    throw new PortolanError(
      'ERR_PORTOLAN_USAGE',
      shell === '' ? 'completions for which shell?' : `no completions for '${shell}'`,
      {
        hint: `The shells are ${SHELLS.join(', ')}.`,
      },
    )
  }
  context.out(scripts[known](commands))
  return 0
}

/** Words that may follow a command, besides options. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  registry: ['info', 'update', 'check', 'revert'],
  completion: SHELLS,
}

function names(command: AnyCommand): readonly string[] {
  return [command.name, ...(command.aliases ?? [])]
}

/** What no command is, is a port. */
function wordsAfter(commands: readonly AnyCommand[], name: string): string {
  const command = commands.find((each) => each.name === name)
  return command === undefined ? '' : optionsOf(command).map(spellOption).join(' ')
}

function bashScript(commands: readonly AnyCommand[]): string {
  const words = commands.map((command) => {
    const all = [...(WORDS[command.name] ?? []), ...optionsOf(command).map(spellOption)]
    return `    ${names(command).join('|')}) words='${all.join(' ')}' ;;`
  })
  const values = commands.flatMap((command) =>
    optionsOf(command).flatMap((option) =>
      option.choices === undefined
        ? []
        : names(command).map(
            (name) => `    ${name}:${spellOption(option)}) words='${option.choices?.join(' ') ?? ''}' ;;`,
          ),
    ),
  )
  return `# bash completion for portolan
_portolan() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]} words=''
  if (( COMP_CWORD == 1 )); then
    COMPREPLY=($(compgen -W '${commands.flatMap(names).join(' ')} --help --version' -- "$current"))
    return
  fi
  case $command:$previous in
    *:--from) COMPREPLY=($(compgen -f -- "$current")); return ;;
${values.join('\n')}
  esac
  [[ -n $words ]] || case $command in
${words.join('\n')}
    *) words='${wordsAfter(commands, 'port')}' ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _portolan portolan
`
}

function zshScript(commands: readonly AnyCommand[]): string {
  const quote = (text: string): string =>
    text.replaceAll("'", "'\\''").replaceAll('[', '\\[').replaceAll(']', '\\]').replaceAll(':', '\\:')
  const cases = commands.map((command) => {
    const options = optionsOf(command).map((option) => {
      const repeat = option.isRepeatable === true ? '*' : ''
      const value =
        option.argument === undefined
          ? ''
          : option.choices === undefined
            ? `:${option.argument}:${option.name === 'from' ? '_files' : ''}`
            : `:${option.argument}:(${option.choices.join(' ')})`
      return `'${repeat}${spellOption(option)}[${quote(option.help)}]${value}'`
    })
    const words = WORDS[command.name]
    return `    ${names(command).join('|')}) _arguments ${options.join(' ')}${words === undefined ? '' : ` '1:what:(${words.join(' ')})'`} ;;`
  })
  const list = commands.flatMap((command) => names(command).map((name) => `'${name}:${quote(command.summary)}'`))
  return `#compdef portolan
_portolan() {
  local -a commands
  commands=(${list.join(' ')})
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
_portolan "$@"
`
}

/** fish tells apart letters, old long options of one dash, and long ones. */
function fishFlag(option: OptionSpec): string {
  return `${option.isHistoric !== true ? '-l' : option.name.length === 1 ? '-s' : '-o'} ${option.name}`
}

function fishScript(commands: readonly AnyCommand[]): string {
  const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  const lines = commands.flatMap((command) => {
    const condition = `__fish_seen_subcommand_from ${names(command).join(' ')}`
    const head = names(command).map(
      (name) => `complete -c portolan -n __fish_use_subcommand -a ${name} -d ${quote(command.summary)}`,
    )
    const words = (WORDS[command.name] ?? []).map((word) => `complete -c portolan -n ${quote(condition)} -a ${word}`)
    const options = optionsOf(command).map((option) => {
      const short = option.short === undefined ? '' : ` -s ${option.short}`
      const value =
        option.argument === undefined
          ? ''
          : option.choices === undefined
            ? ' -r'
            : ` -x -a ${quote(option.choices.join(' '))}`
      return `complete -c portolan -n ${quote(condition)}${short} ${fishFlag(option)}${value} -d ${quote(option.help)}`
    })
    return [...head, ...words, ...options]
  })
  return `# fish completion for portolan\ncomplete -c portolan -f\n${lines.join('\n')}\n`
}
