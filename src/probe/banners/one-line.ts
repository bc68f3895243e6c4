/** Services that answer one line to one line: memcached (protocol.txt: `version`) and ZooKeeper (its four-letter words). */
import type { Banner } from '../model.ts'
import { linesOf, makeBanner } from './banner-of.ts'
import type { Conversation } from './conversation.ts'

const LINES_MAX = 64

export async function askMemcached(conversation: Conversation): Promise<Banner | null> {
  conversation.send('version\r\n')
  return parseMemcached(await conversation.receive((bytes) => bytes.includes('\n')))
}

export function parseMemcached(bytes: Buffer): Banner | null {
  const [line = ''] = linesOf(bytes, 1)
  const found = /^VERSION (\S+)/.exec(line)
  return found === null ? null : makeBanner('memcache', { product: 'memcached', version: found[1], text: line })
}

/** `srvr` tells the version; a server that does not allow it says so in words of its own. */
export async function askZookeeper(conversation: Conversation): Promise<Banner | null> {
  conversation.send('srvr')
  return parseZookeeper(await conversation.receive((bytes) => /Node count:.*\n/.test(bytes.toString('latin1'))))
}

export function parseZookeeper(bytes: Buffer): Banner | null {
  const [line = '', ...rest] = linesOf(bytes, LINES_MAX)
  const version = /^Zookeeper version: (\d[^\s,-]*)/.exec(line)?.[1]
  const isRefusal = line.startsWith('srvr is not executed because it is not in the whitelist')
  if (version === undefined && !isRefusal) return null
  const mode = rest.find((each) => each.startsWith('Mode: '))?.slice('Mode: '.length)
  return makeBanner('zookeeper', { product: 'ZooKeeper', version, text: line, details: { mode } })
}
