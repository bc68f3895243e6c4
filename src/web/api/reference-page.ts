/** `/api`: the document, readable; its own text is English, the frame around it is in the reader's language. */
import { html } from 'hono/html'
import type { WebContext } from '../env.ts'
import { PAGE, PRIVATE_PAGE, respond } from '../http/respond.ts'
import { renderPage } from '../pages/layout.ts'
import type { Markup } from '../pages/layout.ts'
import type { WebServices } from '../services.ts'
import type { ApiDocument, DocumentAnswer, DocumentOperation, DocumentParameter, Json } from './document.ts'
import { PROBLEMS, PROBLEM_TYPE } from './problem.ts'

const SCHEMA_REF = '#/components/schemas/'

export async function answerReference(c: WebContext, { frame }: WebServices, document: ApiDocument): Promise<Response> {
  const view = c.get('view')
  const visitor = c.get('visitor')
  const title = view.t('common.foot.api')
  const description = String(document.info['summary'])
  const page = { title, description, path: '/api', part: 'none', main: referencePart(document) } as const
  return respond(c, String(await renderPage(frame, view, page, visitor)), visitor === null ? PAGE : PRIVATE_PAGE)
}

function referencePart({ info, tags, paths, components }: ApiDocument): Markup {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  return html`<div lang="en" dir="ltr" class="reference">
    <h1>API</h1>
    <section class="sheet">
      <p>${info['summary']}</p>
      <p>${prose(String(info['description']))}</p>
      <p><a href="/api/v1/openapi.json">OpenAPI 3.1: /api/v1/openapi.json</a></p>
      <ul>
        ${tags.map(({ name, description }) => html`<li><a href="#${name}">${name}</a>: ${description}</li>`)}
        <li><a href="#problems">problems</a>: what an error answers.</li>
        <li><a href="#schemas">schemas</a>: the forms of answers.</li>
      </ul>
    </section>
    ${tags.map(
      ({ name, description }) =>
        html`<section class="sheet" aria-labelledby="${name}">
          <h2 id="${name}">${name}</h2>
          <p>${description}</p>
          ${operations.filter(({ operation }) => operation.tags.includes(name)).map(operationPart)}
        </section>`,
    )}
    ${problemsPart()} ${schemasPart(components['schemas'] ?? {})}
  </div>`
}

function operationPart({
  path,
  method,
  operation,
}: {
  readonly path: string
  readonly method: string
  readonly operation: DocumentOperation
}): Markup {
  const { operationId, summary, description, parameters, requestBody, responses } = operation
  const all = Object.entries(responses)
  const problems = all.filter(([, { content = {} }]) => PROBLEM_TYPE in content)
  const successes = all.filter(([, { content = {} }]) => !(PROBLEM_TYPE in content))
  return html`<article class="operation">
    <h3 id="${operationId}"><code>${method.toUpperCase()} ${path}</code></h3>
    <p><b>${summary}.</b> ${description === summary ? '' : prose(description)}</p>
    ${parameters.length === 0 ? '' : parameterTable(operationId, parameters)}
    ${
      requestBody === undefined
        ? ''
        : html`<p>Body: ${requestBody.description}</p>
            ${Object.entries(requestBody.content).map(
              ([type, { example }]) =>
                html`<pre><code>${type}
${typeof example === 'string' ? example : JSON.stringify(example, null, 2)}</code></pre>`,
            )}`
    }
    <p>Answers:</p>
    <ul>
      ${successes.map(([status, answer]) => html`<li>${status}: ${answerText(answer)}</li>`)}
    </ul>
    <p class="faint">
      Errors: ${problems.map(([status], index) => html`${index === 0 ? '' : ', '}${problemLink(status)}`)}
    </p>
  </article>`
}

function parameterTable(operationId: string, parameters: readonly DocumentParameter[]): Markup {
  return html`<section class="wide" tabindex="0" aria-label="Parameters of ${operationId}">
    <table>
      <thead>
        <tr>
          <th scope="col">Parameter</th>
          <th scope="col">In</th>
          <th scope="col">Form</th>
          <th scope="col">Meaning</th>
        </tr>
      </thead>
      <tbody>
        ${parameters.map(
          ({ name, in: place, required, description, schema }) =>
            html`<tr>
              <th scope="row"><code>${name}</code></th>
              <td>${place}${required ? ', required' : ''}</td>
              <td>${formOf(schema)}</td>
              <td>${prose(description)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`
}

function answerText({ description, content = {} }: DocumentAnswer): Markup {
  const forms = Object.entries(content).map(([type, { schema }]) => html` <code>${type}</code> ${formOf(schema)}`)
  return html`${prose(description)}${forms}`
}

/** Each kind of problem has a status of its own. */
function problemLink(status: string): Markup {
  const kind = Object.entries(PROBLEMS).find(([, each]) => String(each.status) === status)?.[0] ?? 'failed'
  return html`${status} <a href="#problem-${kind}">${kind}</a>`
}

/** Words between backticks are code. */
function prose(text: string): Markup {
  return html`${text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`
}

function problemsPart(): Markup {
  return html`<section class="sheet" aria-labelledby="problems">
    <h2 id="problems">problems</h2>
    <p>
      An error is answered as <code>application/problem+json</code> (RFC 9457): <code>type</code>, <code>title</code>,
      <code>status</code>, <code>detail</code>, <code>code</code>, and <code>hint</code> where there is one.
    </p>
    <dl>
      ${Object.entries(PROBLEMS).map(
        ([kind, { status, title }]) =>
          html`<dt id="problem-${kind}"><code>${kind}</code> ${status}</dt>
            <dd>${title}.</dd>`,
      )}
    </dl>
  </section>`
}

function schemasPart(schemas: Json): Markup {
  return html`<section class="sheet" aria-labelledby="schemas">
    <h2 id="schemas">schemas</h2>
    ${Object.entries(schemas).map(
      ([name, schema]) =>
        html`<h3 id="schema-${name}">${name}</h3>
          <pre
            tabindex="0"
            aria-label="${name}"
          ><code>${JSON.stringify(schema, null, 2).replaceAll(SCHEMA_REF, '')}</code></pre>`,
    )}
  </section>`
}

/** A schema in a few words, with a link where it has a name. */
function formOf(schema: Json): Markup {
  const { $ref: ref, type, enum: words, minimum, maximum, items } = schema
  if (typeof ref === 'string') {
    const name = ref.slice(SCHEMA_REF.length)
    return html`<a href="#schema-${name}">${name}</a>`
  }
  if (Array.isArray(words)) return html`${words.join(', ')}`
  if (typeof items === 'object' && items !== null) return html`list of ${formOf({ ...items })}`
  const range = typeof minimum === 'number' && typeof maximum === 'number' ? ` ${minimum} to ${maximum}` : ''
  return html`${typeof type === 'string' ? type : 'object'}${range}`
}
