/** `/search`, what is suggested while somebody types, and what a browser needs to search from its own bar. */
import * as v from 'valibot'
import type { WebApp, WebContext } from '../../env.ts'
import { PAGE, PRIVATE_PAGE, respond } from '../../http/respond.ts'
import type { WebServices } from '../../services.ts'
import { escapeHtml } from '../escape.ts'
import { renderPage } from '../layout.ts'
import { DirectoryNames } from './directory-names.ts'
import { QUERY_CHARS_MAX, find, numbersIn } from './find.ts'
import { searchPage } from './search-page.ts'
import { suggestionsFor } from './suggestions.ts'

const querySchema = v.pipe(v.string(), v.trim(), v.maxLength(QUERY_CHARS_MAX))

export function addSearch(app: WebApp, services: WebServices): void {
  const { frame, domains, now } = services
  const names = new DirectoryNames(domains, now)
  app.get('/search', async (c) => {
    const view = c.get('view')
    const query = queryOf(c)
    // Who names one port wants its page.
    const [span] = numbersIn(query, services)?.spans ?? []
    if (span !== undefined && span.first === span.last) return c.redirect(view.href(`/ports/${span.first}`), 303)
    const findings = query === '' ? null : find(query, services, names)
    const visitor = c.get('visitor')
    const document = String(await renderPage(frame, view, searchPage(view, findings), visitor))
    return respond(c, document, visitor === null ? PAGE : PRIVATE_PAGE)
  })
  app.get('/search/suggest', (c) => {
    const suggestions = suggestionsFor(c.get('view'), queryOf(c), services, names)
    return respond(c, JSON.stringify(suggestions), { type: 'application/json', vary: 'accept-language' })
  })
  app.get('/opensearch.xml', (c) => respond(c, describeSearch(c, services), OPENSEARCH))
}

const OPENSEARCH = { type: 'application/opensearchdescription+xml; charset=utf-8' }

function queryOf(c: WebContext): string {
  const read = v.safeParse(querySchema, c.req.query('q') ?? '')
  return read.success ? read.output : ''
}

/** OpenSearch 1.1, as browsers read it: short names have 16 characters at most. */
function describeSearch(c: WebContext, { frame }: WebServices): string {
  const view = c.get('view')
  const address = `${frame.origin}${view.href('/search')}`
  return `<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
<ShortName>Portolan</ShortName>
<Description>${escapeHtml(view.t('search.browser'))}</Description>
<InputEncoding>UTF-8</InputEncoding>
<Url type="text/html" template="${escapeHtml(address)}?q={searchTerms}"/>
</OpenSearchDescription>
`
}
