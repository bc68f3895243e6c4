/** What the page gives to its island: addresses, the state to begin with, and every word that the island shows. */
import type { View } from '../../i18n/view.ts'
import { localeOf } from '../../i18n/messages.ts'
import { STATUSES } from '../../../registry/index.ts'
import type { ChartOptions } from './options.ts'
import type { IslandData } from './island-form.ts'

/** Names in braces stay in the words, for the island to fill in. */
export function islandData(view: View, options: ChartOptions, isLive: boolean): IslandData {
  const { t } = view
  const { transport, port } = options
  return {
    transport,
    port,
    isLive,
    cells: `/chart/cells.bin?transport=${transport}`,
    pages: view.href('/ports/'),
    locale: localeOf(view.language),
    digits: view.digits('0123456789'),
    direction: view.language.direction,
    words: {
      canvas: t('chart.canvas.label', { transport: transport.toUpperCase() }),
      role: t('chart.canvas.role'),
      title: t('chart.panel.title', { port: '{port}' }),
      status: t('chart.panel.status'),
      service: t('chart.panel.service'),
      lore: t('chart.panel.lore'),
      extinct: t('chart.panel.extinct', { name: '{name}' }),
      malware: t('chart.panel.malware', { name: '{name}' }),
      here: t('chart.panel.here'),
      listener: t('chart.panel.listener', { process: '{process}', address: '{address}' }),
      unseen: t('chart.panel.unseen', { address: '{address}' }),
      declared: t('chart.panel.declared'),
      entry: t('chart.panel.entry', { domain: '{domain}', names: '{names}' }),
      ghost: t('chart.panel.ghost'),
      none: t('chart.panel.none'),
      open: t('chart.panel.open', { port: '{port}' }),
      liveOn: t('chart.live.on'),
      liveOff: t('chart.live.off'),
    },
    statuses: STATUSES.map((status) => t(`common.status.${status}`)),
    ranges: [t('chart.range.system'), t('chart.range.user'), t('chart.range.dynamic')],
  }
}
