/** Streams of events for the islands of pages. */
import type { EventFeed } from '../api/event-streams.ts'
import { Problem, answerProblem } from '../api/problem.ts'
import type { WebContext } from '../env.ts'
import type { WebServices } from '../services.ts'

/** Answers a page's island with the events of a feed; a client who has too many streams is told so (429). */
export function answerStream(c: WebContext, services: WebServices, feed: EventFeed): Response {
  const { access, frame, streams } = services
  try {
    return streams.open(c, access.reach.clientOf(c).key, feed)
  } catch (error) {
    if (error instanceof Problem) return answerProblem(c, frame.origin, error)
    throw error
  }
}
