/** `/directory/TAG/events?object=7`: the instance of one directory, at once and whenever it is another; -1 when it is gone. */
import * as v from 'valibot'
import type { Domain } from '../../../directory/index.ts'
import type { EventFeed } from '../../api/event-streams.ts'
import type { WebApp } from '../../env.ts'
import type { WebServices } from '../../services.ts'
import { answerStream } from '../page-stream.ts'

const GONE = -1

const objectSchema = v.pipe(v.string(), v.regex(/^\d{1,10}$/), v.transform(Number), v.maxValue(0xffff_fffe))

export function addDirectoryEvents(app: WebApp, services: WebServices): void {
  app.get('/directory/:tag/events', (c) => {
    const served = services.domains.get(c.req.param('tag'))
    const object = v.safeParse(objectSchema, c.req.query('object'))
    if (served === undefined || !object.success) return c.notFound()
    return answerStream(c, services, followInstance(served.domain, object.output))
  })
}

function followInstance(domain: Domain, object: number): EventFeed {
  let told: number | null = null
  return {
    next: () => {
      const instance = domain.id(object)?.instance ?? GONE
      if (instance === told) return []
      told = instance
      return [{ event: 'instance', id: '', data: instance }]
    },
    watch: (wake) => domain.onChange(wake),
  }
}
