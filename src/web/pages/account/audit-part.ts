/** What happened with accounts, for operators. */
import { html } from 'hono/html'
import type { AuditEntry } from '../../auth/audit.ts'
import type { View } from '../../i18n/view.ts'
import type { Markup } from '../layout.ts'

/** What stands for a name that is no user's. */
const UNKNOWN = '?'

export function auditPart(view: View, entries: readonly AuditEntry[]): Markup {
  const { t } = view
  return html`<section class="sheet" aria-labelledby="audit">
    <h2 id="audit">${t('account.audit.title')}</h2>
    ${
      entries.length === 0
        ? html`<p>${t('account.audit.none')}</p>`
        : html`<p>${t('account.audit.lead', { count: entries.length })}</p>
            <div class="wide" role="group" aria-labelledby="audit" tabindex="0">
              <table>
                <thead>
                  <tr>
                    <th scope="col">${t('account.audit.time')}</th>
                    <th scope="col">${t('account.audit.who')}</th>
                    <th scope="col">${t('account.audit.what')}</th>
                    <th scope="col">${t('account.audit.from')}</th>
                    <th scope="col">${t('account.audit.about')}</th>
                  </tr>
                </thead>
                <tbody>
                  ${entries.map(
                    ({ timeMs, event, who, from, about }) =>
                      html`<tr>
                        <td>${view.moment(timeMs)}</td>
                        <td><bdi>${who === UNKNOWN ? t('account.audit.unknown') : who}</bdi></td>
                        <td>${t(`account.audit.event.${event}`)}</td>
                        <td><bdi>${from}</bdi></td>
                        <td><bdi>${about}</bdi></td>
                      </tr>`,
                  )}
                </tbody>
              </table>
            </div>`
    }
  </section>`
}
