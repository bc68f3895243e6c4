/** The commands of nicl that print directories (tools.md §8). */
import { findProperty } from '../../directory/index.ts'
import type { Properties } from '../../directory/index.ts'
import type { DomainHandle } from '../../netinfo/index.ts'
import { assertNoLoop } from './edit.ts'
import type { NiclSession } from './nicl-session.ts'
import { showDirectory } from './nicl-show.ts'
import { NICL_EXIT } from './nicl-status.ts'
import { propertyLines, show, valueWords } from './show.ts'
import { UsageError } from './tool-exit.ts'

type Operands = readonly string[]

const ID_COLUMNS = 10

/** A missing key is noted on standard error, and the others are printed. */
export async function read(session: NiclSession, [path = '', ...keys]: Operands): Promise<number> {
  const handle = await session.reader()
  const object = await session.find(handle, path)
  if (keys.length === 0) {
    await showDirectory(session, handle, object)
    return NICL_EXIT.done
  }
  const { properties } = await handle.read(object)
  let exit: number = NICL_EXIT.done
  for (const key of keys) {
    const property = findProperty(properties, key)
    if (property !== undefined) show(session.context, propertyLines([property]))
    else {
      session.note(`${path} has no property ${key}`)
      exit = NICL_EXIT.badKey
    }
  }
  return exit
}

export async function list(session: NiclSession, [path = '', key = 'name']: Operands): Promise<void> {
  const handle = await session.reader()
  const { entries } = await handle.list(await session.find(handle, path), key)
  const lines = entries.map(({ object, values }) =>
    values === null ? '' : `${String(object).padEnd(ID_COLUMNS)}${valueWords(values)}\n`,
  )
  show(session.context, lines.join(''))
}

/** Prints every directory from one up to the root. */
export async function showWayUp(session: NiclSession, [from = '']: Operands): Promise<void> {
  const handle = await session.reader()
  const way = await session.wayUp(handle, await session.find(handle, from))
  for (const [index, object] of way.entries()) {
    if (index > 0) session.context.out('\n')
    await showDirectory(session, handle, object)
  }
}

interface Scope {
  /** Levels below the directory where the search begins; that one is at 0. */
  readonly least: number
  readonly most: number
  readonly wanted: readonly (readonly [key: string, value: string])[]
}

/** Prints every directory whose properties have all the values given, each before those below it. */
export async function search(session: NiclSession, operands: Operands): Promise<void> {
  const [from = '', least = '', most = '', ...rest] = operands
  const scope: Scope = {
    least: readLevel(least, 0),
    most: readLevel(most, Number.POSITIVE_INFINITY),
    wanted: pairsOf(rest),
  }
  const handle = await session.reader()
  const found: number[] = []
  await searchBelow(handle, scope, { object: await session.find(handle, from), level: 0 }, found, new Set())
  show(session.context, `Search found ${found.length} ${found.length === 1 ? 'match' : 'matches'}\n`)
  for (const object of found) {
    session.context.out('\n')
    await showDirectory(session, handle, object)
  }
}

function readLevel(text: string, unlimited: number): number {
  if (text === '-1') return unlimited
  if (!/^\d{1,9}$/.test(text))
    throw new UsageError(`'${text}' is no depth: levels are counted from 0, and -1 is no limit`)
  return Number(text)
}

function pairsOf(words: Operands): readonly (readonly [key: string, value: string])[] {
  if (words.length % 2 === 1) throw new UsageError(`key ${words.at(-1)} has no value`)
  return Array.from({ length: words.length / 2 }, (_, index) => [words[2 * index] ?? '', words[2 * index + 1] ?? ''])
}

async function searchBelow(
  handle: DomainHandle,
  scope: Scope,
  { object, level }: { readonly object: number; readonly level: number },
  found: number[],
  above: Set<number>,
): Promise<void> {
  assertNoLoop(object, above)
  if (level > scope.most) return
  if (level >= scope.least && hasAll((await handle.read(object)).properties, scope.wanted)) found.push(object)
  if (level === scope.most) return
  above.add(object)
  const { objects } = await handle.children(object)
  for (const child of objects) await searchBelow(handle, scope, { object: child, level: level + 1 }, found, above)
  above.delete(object)
}

function hasAll(properties: Properties, wanted: Scope['wanted']): boolean {
  return wanted.every(([key, value]) => findProperty(properties, key)?.values.includes(value) === true)
}
