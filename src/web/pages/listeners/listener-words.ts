/** The words of the island of the listeners, from the page's messages. */
import type { View } from '../../i18n/view.ts'
import { localeOf } from '../../i18n/messages.ts'
import { REACHES } from '../../live/reaches.ts'
import type { ListenerWords } from './listener-form.ts'

/** A value that comes out of a message as a place to fill in: braces are no syntax in what is filled in. */
const hole = (name: string): string => `{${name}}`

export function wordsOf(view: View): ListenerWords {
  const { t } = view
  const counts = { shown: hole('shown'), all: hole('all') }
  return {
    locale: localeOf(view.language),
    reach: Object.fromEntries(REACHES.map((reach) => [reach, t(`listeners.reach.${reach}`)])),
    declared: t('listeners.declared.yes'),
    undeclared: t('listeners.declared.no'),
    unseen: t('listeners.process.unseen'),
    pid: t('listeners.process.pid', { pid: hole('pid') }),
    count: t('listeners.count', counts),
    countOf: t('listeners.count.of', counts),
    details: t('listeners.details', { transport: hole('transport'), port: hole('port'), address: hole('address') }),
    live: t('listeners.live.on'),
    lost: t('listeners.live.lost'),
    pause: t('listeners.live.pause'),
    resume: t('listeners.live.resume'),
    added: t('listeners.live.added'),
    gone: t('listeners.live.gone'),
    spark: t('listeners.spark'),
  }
}
