/** What is on a port of this machine now, and which domain of the directory said that it should be. */
import { html, raw } from 'hono/html'
import type { PortReport } from '../../../answer/index.ts'
import type { Listener } from '../../../listeners/index.ts'
import { namedHref } from '../../directory/paths.ts'
import type { View } from '../../i18n/view.ts'
import type { Markup } from '../layout.ts'

/** Both parts, as the island of the page asks for them again. */
export function livePart(view: View, report: PortReport): Markup {
  return html`${herePart(view, report)}${declaredPart(view, report)}`
}

/** For who may not know. */
export function hiddenPart(view: View): Markup {
  return html`<section class="sheet" aria-labelledby="here">
    <h2 id="here">${view.t('port.here.title')}</h2>
    <p>${view.t('port.here.hidden')}</p>
  </section>`
}

function herePart(view: View, report: PortReport): Markup {
  const { t } = view
  const { port, listeners, connections } = report
  const reasons = new Set(listeners.flatMap(({ unseen }) => unseen?.reason ?? []))
  return html`<section class="sheet" aria-labelledby="here">
    <h2 id="here">${t('port.here.title')}</h2>
    ${
      listeners.length === 0
        ? html`<p>${t('port.here.none', { port: view.digits(port) })}</p>`
        : html`<ul class="plain">
            ${listeners.map((each) => html`<li>${listenerText(view, each)}</li>`)}
          </ul>`
    }
    ${connections.length === 0 ? '' : html`<p>${t('port.here.connections', { count: connections.length })}</p>`}
    ${[...reasons].map((reason) => html`<p class="faint">${t(`listeners.unseen.${reason}`)}</p>`)}
    <noscript><p class="faint">${t('port.here.loaded')}</p></noscript>
    <p><a href="${view.href(`/listeners?port=${port}`)}">${t('port.here.more')}</a></p>
  </section>`
}

function listenerText(view: View, { transport, address, process, reach }: Listener): Markup {
  const { t } = view
  const at = { transport: transport.toUpperCase(), address: view.isolate(address) }
  const what =
    process === null
      ? t('port.here.unseen', at)
      : t('port.here.listener', { ...at, process: view.isolate(process.name), pid: view.digits(process.pid) })
  const { user = null, startedAt = null } = process ?? {}
  const facts = [
    user === null ? null : t('port.here.user', { user: view.isolate(user) }),
    startedAt === null ? null : t('port.here.since', { time: view.moment(Date.parse(startedAt)) }),
    t(`port.here.reach.${reach}`),
  ].filter((each) => each !== null)
  return html`<span class="live-dot" aria-hidden="true"></span>${what}
    <ul class="facts">
      ${facts.map((each) => html`<li>${each}</li>`)}
    </ul>`
}

function declaredPart(view: View, { declared, listeners }: PortReport): Markup {
  const { t } = view
  const drift =
    declared.length > 0 && listeners.length === 0
      ? t('port.declared.missing')
      : declared.length === 0 && listeners.length > 0
        ? t('port.declared.unexpected')
        : null
  return html`<section class="sheet" aria-labelledby="declared">
    <h2 id="declared">${t('port.declared.title')}</h2>
    ${
      declared.length === 0
        ? html`<p>${t('port.declared.none')}</p>`
        : html`<ul>
            ${declared.map(
              ({ domain, path, names, by }) =>
                html`<li>
                  <a href="${view.href(namedHref(domain, path))}"
                    >${t('port.declared.entry', { domain: view.isolate(domain), names: view.list(names) })}</a
                  >
                  ${by === null ? '' : html`<br /><span class="faint">${t('port.declared.by', { who: view.isolate(by.who), time: view.moment(Date.parse(by.time)) })}</span>`}
                </li>`,
            )}
          </ul>`
    }
    ${drift === null ? raw('') : html`<p class="note">${drift}</p>`}
  </section>`
}
