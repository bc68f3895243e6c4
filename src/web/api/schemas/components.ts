/** The schemas that have a name of their own in the document. */
import * as v from 'valibot'
import { PROBLEMS } from '../problem.ts'
import type { ProblemKind } from '../problem.ts'
import {
  changeSummary,
  childRow,
  directory,
  domainList,
  domainSummary,
  importAnswer,
  journalEntry,
  journalPage,
  propertyList,
  written,
} from './directory-schemas.ts'
import {
  connection,
  connectionList,
  banner,
  listener,
  listenerList,
  probeAnswer,
  probedPort,
} from './machine-schemas.ts'
import {
  assignment,
  loreBrief,
  portList,
  portReport,
  portSummary,
  searchAnswer,
  searchHit,
  service,
  use,
} from './port-schemas.ts'
import { citation, declaration, statement } from './statement-schemas.ts'
import { feedbackAnswer, readiness } from './server-schemas.ts'
import { count, span, text } from './words.ts'

const kinds: readonly ProblemKind[] = Object.keys(PROBLEMS).filter((each): each is ProblemKind => each in PROBLEMS)

export const problem: v.GenericSchema = v.pipe(
  v.looseObject({
    type: v.pipe(v.string(), v.description('An address that explains the kind.')),
    title: text,
    status: v.pipe(count, v.description('The status of the answer.')),
    detail: v.pipe(v.string(), v.description('What is wrong with this request.')),
    code: v.pipe(
      v.string(),
      v.description(
        `The kind (${kinds.join(', ')}), or an error's own code (ERR_PORTOLAN_…). It never changes its meaning.`,
      ),
    ),
    hint: v.exactOptional(v.pipe(v.string(), v.description('What to do about it.'))),
  }),
  v.description('Problem details for HTTP (RFC 9457).'),
)

export const COMPONENTS: Readonly<Record<string, v.GenericSchema>> = {
  Assignment: assignment,
  Banner: banner,
  ChangeSummary: changeSummary,
  ChildRow: childRow,
  Citation: citation,
  Connection: connection,
  ConnectionList: connectionList,
  Declaration: declaration,
  Directory: directory,
  DomainList: domainList,
  DomainSummary: domainSummary,
  Feedback: feedbackAnswer,
  ImportAnswer: importAnswer,
  JournalEntry: journalEntry,
  JournalPage: journalPage,
  Listener: listener,
  ListenerList: listenerList,
  LoreBrief: loreBrief,
  PortList: portList,
  PortReport: portReport,
  PortSummary: portSummary,
  ProbeAnswer: probeAnswer,
  ProbedPort: probedPort,
  Problem: problem,
  PropertyList: propertyList,
  Readiness: readiness,
  SearchAnswer: searchAnswer,
  SearchHit: searchHit,
  Service: service,
  Span: span,
  Statement: statement,
  Use: use,
  Written: written,
}
