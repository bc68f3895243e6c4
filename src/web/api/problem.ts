/** What the API answers when it cannot do what was asked: problem details (RFC 9457), of a fixed list of kinds. */
import { PortolanError, messageOf } from '../../core/index.ts'
import { DirectoryError, STATUS, statusText } from '../../directory/index.ts'
import type { WebContext } from '../env.ts'

export const PROBLEM_TYPE = 'application/problem+json'

/** Every kind; its name is the `code` of the answer, and the end of its `type`. */
export const PROBLEMS = {
  invalid: { status: 400, title: 'The request is not well-formed' },
  'sign-in-needed': { status: 401, title: 'This needs a signed-in visitor, or a token' },
  refused: { status: 403, title: 'This is not allowed' },
  'not-found': { status: 404, title: 'There is nothing at this address' },
  'method-not-allowed': { status: 405, title: 'This address does not take that method' },
  'not-acceptable': { status: 406, title: 'There is no answer of the media types that were asked for' },
  conflict: { status: 409, title: 'The directory does not allow this as it stands' },
  'changed-meanwhile': { status: 412, title: 'Somebody else has changed the directory meanwhile' },
  'too-large': { status: 413, title: 'The request is too large' },
  'unsupported-type': { status: 415, title: 'The body is of a media type that is not taken here' },
  misdirected: { status: 421, title: 'This server does not answer for that host' },
  'precondition-missing': { status: 428, title: 'A write must name the state that it changes' },
  'too-many': { status: 429, title: 'Too many requests' },
  failed: { status: 500, title: 'The server could not do this' },
  unavailable: { status: 503, title: 'The server cannot do this now' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>

export type ProblemKind = keyof typeof PROBLEMS
export type ProblemStatus = (typeof PROBLEMS)[ProblemKind]['status']

export interface ProblemOptions {
  /** What the reader can do about it. */
  readonly hint?: string | undefined
  /** A code that tells more than the kind does: an `ERR_PORTOLAN_…`. */
  readonly code?: string
  /** More members of the answer (RFC 9457 §3.2). */
  readonly more?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
}

/** A problem on its way to the client. */
export class Problem extends Error {
  override readonly name: string = 'Problem'
  readonly kind: ProblemKind
  readonly options: ProblemOptions

  /** `detail` is one sentence about this very request. */
  constructor(kind: ProblemKind, detail: string, options: ProblemOptions = {}) {
    super(detail)
    this.kind = kind
    this.options = options
  }

  get status(): ProblemStatus {
    return PROBLEMS[this.kind].status
  }
}

/** The answer itself; it is never kept by a cache. */
export function answerProblem(c: WebContext, origin: string, problem: Problem): Response {
  const { kind, options, message } = problem
  const { status, title } = PROBLEMS[kind]
  const body = {
    type: `${origin}/api#problem-${kind}`,
    title,
    status,
    detail: message,
    code: options.code ?? kind,
    ...(options.hint === undefined ? {} : { hint: options.hint }),
    ...options.more,
  }
  const headers = status === 401 ? { 'www-authenticate': 'Bearer realm="portolan"' } : {}
  return c.body(JSON.stringify(body), status, {
    'content-type': PROBLEM_TYPE,
    'cache-control': 'no-store',
    ...headers,
    ...options.headers,
  })
}

/** What a thrown value means to a client; null for what is no mistake of theirs, and is not to be told them. */
export function problemOf(error: unknown): Problem | null {
  if (error instanceof Problem) return error
  if (error instanceof DirectoryError) return directoryProblem(error)
  if (!(error instanceof PortolanError)) return null
  const options = { code: error.code, hint: error.hint }
  if (error.code === 'ERR_PORTOLAN_INPUT_TOO_LARGE') return new Problem('too-large', messageOf(error), options)
  if (error.exit === 2 || MISTAKES.has(error.code)) return new Problem('invalid', messageOf(error), options)
  if (PASSING.has(error.code)) return new Problem('unavailable', messageOf(error), options)
  return null
}

/** Codes that a body can cause, though the command line counts them as "could not find out". */
const MISTAKES: ReadonlySet<string> = new Set(['ERR_PORTOLAN_TREE_INVALID', 'ERR_PORTOLAN_NAME_UNRESOLVED'])
/** What another moment, or another machine, may answer. */
const PASSING: ReadonlySet<string> = new Set([
  'ERR_PORTOLAN_STORE_FULL',
  'ERR_PORTOLAN_LISTENERS_UNSUPPORTED',
  'ERR_PORTOLAN_LISTENERS_UNREADABLE',
  'ERR_PORTOLAN_TOOL_FAILED',
  'ERR_PORTOLAN_PROBE_UNSUPPORTED',
])

const DIRECTORY_KINDS: Readonly<Record<number, ProblemKind>> = {
  [STATUS.BADID]: 'not-found',
  [STATUS.NODIR]: 'not-found',
  [STATUS.NOPROP]: 'not-found',
  [STATUS.NONAME]: 'not-found',
  [STATUS.STALE]: 'changed-meanwhile',
  [STATUS.PERM]: 'refused',
  [STATUS.RDONLY]: 'refused',
  [STATUS.NOTMASTER]: 'refused',
  [STATUS.AUTHERROR]: 'refused',
  [STATUS.NOTEMPTY]: 'conflict',
  [STATUS.UNRELATED]: 'conflict',
  [STATUS.ALIVE]: 'conflict',
  [STATUS.NOSPACE]: 'unavailable',
  [STATUS.MASTERBUSY]: 'unavailable',
  [STATUS.NORESPONSE]: 'unavailable',
}

/** A directory's own status goes along as `directoryStatus`: its number and its words. */
function directoryProblem(error: DirectoryError): Problem | null {
  const kind = DIRECTORY_KINDS[error.status]
  if (kind === undefined) return null
  return new Problem(kind, messageOf(error), {
    code: error.code,
    more: { directoryStatus: { number: error.status, text: statusText(error.status) } },
  })
}
