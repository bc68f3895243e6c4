/** Between the desk of the directory and HTTP: states as tags, failures as problems. */
import type { Caller, Domain, Id } from '../../directory/index.ts'
import type { Seen } from '../directory/desk.ts'
import { DeskError } from '../directory/failure.ts'
import type { DeskFailure } from '../directory/failure.ts'
import { readParts, resolveParts } from '../directory/paths.ts'
import type { WebContext } from '../env.ts'
import { Problem } from './problem.ts'
import type { ProblemOptions } from './problem.ts'

/** The visitor as the directory knows them: an operation with a scope has one. */
export function callerOf(c: WebContext): Caller {
  const visitor = c.get('visitor')
  if (visitor === null) throw new Problem('sign-in-needed', 'Nobody has signed in.')
  return visitor.caller
}

/**
 * The directory at a path of names below the root, encoded as in an address.
 * @throws Problem not-found
 */
export function requireObject(domain: Domain, path: string): number {
  const parts = readParts(path)
  const object = parts === null ? undefined : resolveParts(domain, parts)
  if (object === undefined) throw new Problem('not-found', `The domain ${domain.tag} has no directory /${path}.`)
  return object
}

/** The state of a directory: its number and instance, which a write must name, and the revision, with which all of the answer changes. */
export function stateOf({ object, instance }: Id, revision: number): string {
  return `${object}.${instance}.${revision}`
}

const TAG = /^"(\d{1,10})\.(\d{1,10})\.(\d{1,16})(?:-br|-gzip)?"$/
const TAGS_MAX = 16

/**
 * What the client had before it, by If-Match (RFC 9110 §13.1.1); weak tags match nothing.
 * @throws Problem precondition-missing, changed-meanwhile
 */
export function requireSeenBy(c: WebContext, domain: Domain, object: number): Seen {
  const given = c.req.header('if-match')
  if (given === undefined)
    throw new Problem('precondition-missing', 'The request has no If-Match.', {
      hint: 'Read the directory, and send its ETag along as If-Match.',
    })
  const now = domain.id(object)
  const revision = domain.revision()
  if (given.trim() === '*' && now !== undefined) return { instance: now.instance }
  for (const each of given.split(',', TAGS_MAX)) {
    const [, ofObject, instance, seen] = TAG.exec(each.trim()) ?? []
    if (Number(ofObject) === object && now !== undefined && Number(instance) === now.instance)
      return { instance: now.instance, revision: Number(seen) }
  }
  throw new Problem('changed-meanwhile', `${domain.pathOf(object)} is not as it was when it was read.`, {
    hint: 'Read it again, and decide anew.',
    ...(now === undefined
      ? {}
      : { headers: { etag: `"${stateOf(now, revision)}"` }, more: { current: stateOf(now, revision) } }),
  })
}

/** Does some work at the desk, and says what it refuses as a problem. */
export async function answerDesk(work: () => Response | Promise<Response>): Promise<Response> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof DeskError ? problemOfFailure(error.failure) : error
  }
}

function problemOfFailure(failure: DeskFailure): Problem {
  const more = { failure: failure.kind }
  switch (failure.kind) {
    case 'notFound':
      return new Problem('not-found', `There is no directory ${failure.path}.`, { more })
    case 'clone':
      return new Problem('refused', 'This server has a clone of the domain, which only its master writes to.', {
        more: { ...more, master: failure.master },
        ...(failure.master === null ? {} : { hint: `Write to ${failure.master}.` }),
      })
    case 'stale':
      return staleProblem(failure)
    case 'denied':
      return new Problem('refused', `The access list of ${failure.path} does not name you.`, { more })
    case 'locked':
      return new Problem('refused', `${failure.path} is locked: nobody may write to it.`, { more })
    case 'tooMany':
      return new Problem(
        'too-large',
        `These are ${failure.count} directories or more, and at most ${failure.max} go at once.`,
        {
          more: { ...more, max: failure.max },
        },
      )
    case 'countChanged':
      return new Problem(
        'conflict',
        `There are ${failure.count} directories now, which is not what the request said.`,
        {
          more: { ...more, count: failure.count },
        },
      )
    case 'misplaced':
      return new Problem('conflict', 'A directory cannot be moved into itself, nor the root anywhere.', { more })
    case 'tooLarge':
      return new Problem('too-large', `It is more than a directory holds: ${failure.detail}.`, { more })
    case 'unreadable':
      return new Problem('invalid', `The text is not of its format: ${failure.detail}`, { more })
    case 'busy':
      return new Problem('unavailable', 'Others write all the time.', { more, headers: { 'retry-after': '1' } })
    case 'partly': {
      const cause = problemOfFailure(failure.cause)
      return new Problem(cause.kind, `${failure.done} were done, then: ${cause.message}`, {
        ...cause.options,
        more: { ...cause.options.more, ...more, done: failure.done },
      })
    }
    default:
      return new Problem('conflict', `The entry cannot be taken back: ${UNDO_REASONS[failure.reason]}.`, {
        more: { ...more, reason: failure.reason, by: failure.by?.revision ?? null },
      })
  }
}

function staleProblem({ current, since }: Extract<DeskFailure, { readonly kind: 'stale' }>): Problem {
  const options: ProblemOptions = {
    hint: 'Read it again, and decide anew.',
    more: {
      failure: 'stale',
      since: since.map(({ revision, who, kind, timeMs }) => ({
        revision,
        who,
        kind,
        time: new Date(timeMs).toISOString(),
      })),
      current: current === null ? null : stateOf(current, current.revision),
    },
    ...(current === null ? {} : { headers: { etag: `"${stateOf(current, current.revision)}"` } }),
  }
  return new Problem('changed-meanwhile', 'The directory is not as it was when it was read.', options)
}

const UNDO_REASONS = {
  secret: 'it changed a password, which the journal does not keep',
  changedSince: 'what it put there is there no more',
  gone: 'the directory, or the one it stood in, is there no more',
  ambiguous: 'two directories, or two properties, fit what it tells',
  hasChildren: 'the directory has children now',
  isThere: 'a directory with the same properties is there already',
  replaced: 'the copy of a master replaced everything since',
  tooOld: 'the journal does not go back so far',
} as const
