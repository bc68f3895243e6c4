/** The commands that show what is on a port, to be copied. */
import { html } from 'hono/html'
import type { View } from '../../i18n/view.ts'
import type { Markup } from '../layout.ts'

export function checkPart(view: View, port: number): Markup {
  const { t } = view
  const host = t('port.check.host')
  const commands: readonly (readonly [label: string, command: string])[] = [
    [t('port.check.linux'), `sudo ss -lptun 'sport = :${port}'`],
    [view.list([t('port.check.linux'), t('port.check.macos')]), `sudo lsof -nP -i :${port}`],
    [t('port.check.windows'), `netstat -ano | findstr :${port}`],
    [t('port.check.powershell'), `Get-NetTCPConnection -LocalPort ${port}`],
    [t('port.check.portolan'), `portolan ${port}`],
    [t('port.check.remote'), `nmap -p ${port} ${host}`],
    [t('port.check.remoteUdp'), `sudo nmap -sU -p ${port} ${host}`],
  ]
  return html`<section class="sheet" aria-labelledby="check">
    <h2 id="check">${t('port.check.title')}</h2>
    <dl class="commands">
      ${commands.map(
        ([label, command]) =>
          html`<dt>${label}</dt>
            <dd data-copy="${t('port.check.copy')}" data-copied="${t('port.check.copied')}">
              <code dir="ltr">${command}</code>
            </dd>`,
      )}
    </dl>
    <p class="faint">${t('port.check.permission')}</p>
  </section>`
}
