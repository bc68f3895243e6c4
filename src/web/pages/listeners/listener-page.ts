/** `/listeners/tcp/22`: the process behind a listener, where it came from, and who is connected. */
import { html } from 'hono/html'
import type { Declaration } from '../../../answer/index.ts'
import type { Connection, Listener, Origin, ProcessInfo } from '../../../listeners/index.ts'
import { namedHref } from '../../directory/paths.ts'
import type { View } from '../../i18n/view.ts'
import type { Markup, Page } from '../layout.ts'

/** Connections listed; of a busy server nobody reads more. */
const CONNECTIONS_SHOWN = 200

export interface ListenerFacts {
  readonly transport: Listener['transport']
  readonly port: number
  readonly listeners: readonly { readonly listener: Listener; readonly connections: readonly Connection[] }[]
  readonly declared: readonly Declaration[]
}

export function listenerPage(view: View, { transport, port, listeners, declared }: ListenerFacts): Page {
  const { t } = view
  const what = { transport: transport.toUpperCase(), port: view.digits(port) }
  const title = t('listeners.one.title', what)
  return {
    title,
    description: t('listeners.one.description', what),
    path: `/listeners/${transport}/${port}`,
    part: 'listeners',
    isPrivate: true,
    main: html`<h1>${title}</h1>
      <p>
        <a href="${view.href('/listeners')}">${t('listeners.one.back')}</a> ·
        <a href="${view.href(`/ports/${port}`)}">${t('listeners.one.port', { port: what.port })}</a>
      </p>
      ${
        listeners.length === 0
          ? html`<p class="note">${t('listeners.one.gone', what)}</p>`
          : listeners.map(({ listener, connections }) => listenerPart(view, listener, connections))
      }
      ${declaredPart(view, declared)}`,
  }
}

function listenerPart(view: View, listener: Listener, connections: readonly Connection[]): Markup {
  const { t } = view
  const { process, address, unseen, reach } = listener
  return html`<section class="sheet">
    <h2><bdi>${address}</bdi> <span class="badge">${t(`listeners.reach.${reach}`)}</span></h2>
    ${
      process !== null
        ? processPart(view, process, listener.holders)
        : html`<p>${t('listeners.process.unseen')}</p>
            ${unseen !== null ? html`<p class="faint">${t(`listeners.unseen.${unseen.reason}`)}</p>` : ''}`
    }
    ${listener.transport === 'tcp' ? connectionsPart(view, connections) : ''}
  </section>`
}

function processPart(view: View, process: ProcessInfo, holders: readonly number[]): Markup {
  const { t } = view
  const facts: readonly (readonly [string, Markup | string])[] = [
    [t('listeners.column.user'), process.user === null ? '' : html`<bdi>${process.user}</bdi>`],
    [t('listeners.one.command'), process.command === null ? '' : html`<code dir="ltr">${process.command}</code>`],
    [
      t('listeners.one.directory'),
      process.workingDirectory === null ? '' : html`<code dir="ltr">${process.workingDirectory}</code>`,
    ],
    [t('listeners.one.started'), process.startedAt === null ? '' : view.moment(Date.parse(process.startedAt))],
    [t('listeners.one.origin'), originText(view, process.origin)],
    [t('listeners.one.holders'), view.items(holders.map((pid) => view.digits(pid)))],
  ]
  return html`<dl class="facts-list">
      ${facts
        .filter(([, value]) => value !== '')
        .map(
          ([name, value]) =>
            html`<dt>${name}</dt>
              <dd>${value}</dd>`,
        )}
    </dl>
    <h3>${t('listeners.one.tree')}</h3>
    ${tree(view, process)}`
}

function originText(view: View, { kind, name }: Origin): string {
  return view.t(`listeners.one.origin.${kind}`, { name: view.isolate(name ?? '?') })
}

/** From pid 1 down to the process itself, each inside of its parent. */
function tree(view: View, process: ProcessInfo): Markup {
  const { t } = view
  const own = html`<li aria-current="true">
    <bdi>${process.name}</bdi>
    <span class="faint">${t('listeners.process.pid', { pid: view.digits(process.pid) })}</span>
    <span class="badge">${t('listeners.one.tree.this')}</span>
  </li>`
  return html`<ul class="process-tree">
    ${process.parents.reduce<Markup>(
      (inner, { pid, name }) =>
        html`<li>
          <bdi>${name}</bdi> <span class="faint">${t('listeners.process.pid', { pid: view.digits(pid) })}</span>
          <ul>
            ${inner}
          </ul>
        </li>`,
      own,
    )}
  </ul>`
}

function connectionsPart(view: View, connections: readonly Connection[]): Markup {
  const { t } = view
  const rest = connections.length - CONNECTIONS_SHOWN
  return html`<h3>${t('listeners.one.connections')}</h3>
    ${
      connections.length === 0
        ? html`<p>${t('listeners.one.connections.none')}</p>`
        : html`<div class="wide">
              <table>
                <thead>
                  <tr>
                    <th scope="col">${t('listeners.one.peer')}</th>
                    <th scope="col">${t('listeners.one.state')}</th>
                  </tr>
                </thead>
                <tbody>
                  ${connections.slice(0, CONNECTIONS_SHOWN).map(
                    ({ remoteAddress, remotePort, state }) =>
                      html`<tr>
                        <td><bdi dir="ltr">${remoteAddress} ${remotePort}</bdi></td>
                        <td lang="en" dir="ltr">${state}</td>
                      </tr>`,
                  )}
                </tbody>
              </table>
            </div>
            ${rest > 0 ? html`<p>${t('listeners.one.connections.more', { count: rest })}</p>` : ''}`
    }`
}

function declaredPart(view: View, declared: readonly Declaration[]): Markup {
  const { t } = view
  return html`<section class="sheet" aria-labelledby="declared">
    <h2 id="declared">${t('listeners.one.declared')}</h2>
    ${
      declared.length === 0
        ? html`<p>${t('port.declared.none')}</p>`
        : html`<ul>
            ${declared.map(
              ({ domain, path, names }) =>
                html`<li>
                  <a href="${view.href(namedHref(domain, path))}"
                    >${t('port.declared.entry', { domain: view.isolate(domain), names: view.list(names) })}</a
                  >
                </li>`,
            )}
          </ul>`
    }
  </section>`
}
