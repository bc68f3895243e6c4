/** Why a process runs: judged from its chain of parents and from the control group it is in. */
import type { GroupOwner } from './cgroup.ts'
import type { Origin, ParentProcess } from './model.ts'

const CRONS = new Set(['cron', 'crond', 'anacron', 'atd', 'fcron'])
const SHELLS = new Set([
  'sh',
  'bash',
  'zsh',
  'dash',
  'fish',
  'ksh',
  'mksh',
  'tcsh',
  'csh',
  'ash',
  'pwsh',
  'nu',
  'elvish',
])

/**
 * - A container counts before all else: what is around it is the runtime's affair.
 * - cron before the unit, for `cron.service` holds whatever its jobs left running.
 * - A session's scope (`session-3.scope`) only says that someone logged in; the shell says more.
 */
export function originOf(owner: GroupOwner, parents: readonly ParentProcess[]): Origin {
  if (owner.container !== null) return { kind: 'container', name: owner.container }
  const cron = parents.find((parent) => CRONS.has(parent.name))
  if (cron !== undefined) return { kind: 'cron', name: cron.name }
  const isSession = owner.unit !== null && /^(session-.*|init)\.scope$/.test(owner.unit)
  if (owner.unit !== null && !isSession) return { kind: 'systemd', name: owner.unit }
  const shell = parents.find((parent) => SHELLS.has(parent.name.replace(/^-/, '')))
  if (shell !== undefined) return { kind: 'shell', name: `${shell.name.replace(/^-/, '')} (pid ${shell.pid})` }
  const top = parents.at(-1)
  if (top === undefined) return { kind: 'unknown', name: null }
  return top.pid === 1 ? { kind: 'init', name: top.name } : { kind: 'unknown', name: top.name }
}
