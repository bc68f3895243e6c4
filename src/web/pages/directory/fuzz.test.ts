/** Whatever is sent to the directory, it answers, and never because something in it broke. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { addTo } from '../../../../test/support/domain-of.ts'
import { makeTestWeb, visitorWith } from '../../../../test/support/web-services.ts'
import { checkDomain } from '../../../directory/index.ts'

/** `PORTOLAN_FUZZ_RUNS=100000` for a long run. */
const RUNS = Number(process.env['PORTOLAN_FUZZ_RUNS'] ?? 400)

const text = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '',
    '0',
    '1',
    '-1',
    '4294967295',
    '99999999999999999999',
    '/',
    '//',
    '/users',
    '../..',
    'dir:1',
    '{}',
    '[]',
    'null',
  ),
  fc.constantFrom(
    '{"object":1,"instance":0,"revision":0,"properties":[]}',
    '{"object":4,"instance":0,"revision":0,"properties":[{"name":"name","values":["pia"]}]}',
    '{"object":0,"instance":1,"revision":1,"properties":[{"name":"\\udcff","values":["\\ud800"]}]}',
  ),
)
const part = fc.oneof(
  fc.constantFrom(
    'local',
    'users',
    'pia',
    'journal',
    'import',
    'export',
    'events',
    'dir:1',
    'dir:2',
    '.',
    '..',
    '%',
    '%ff',
    '%2F',
    '',
  ),
  text.map((each) => encodeURIComponent(each.toWellFormed())),
)
const name = fc.oneof(
  fc.constantFrom(
    'do',
    'row',
    'base',
    'theirs',
    'yours',
    'mode',
    'n.0',
    'v.0',
    'k.0',
    'n.1',
    'v.1',
    'password',
    'newPassword',
  ),
  fc.constantFrom(
    'to',
    'before',
    'count',
    'twin',
    'revision[]',
    'back',
    'lost',
    'format',
    'parent',
    'text',
    'data',
    'digest',
  ),
  fc.constantFrom(
    'q',
    'from',
    'name',
    'done',
    'revision',
    'path',
    'who',
    'kind',
    'before',
    'undone',
    'as',
    'object',
    'choice.0',
  ),
  fc.string({ maxLength: 8 }),
)
const value = fc.oneof(
  fc.constantFrom(
    'edit',
    'new',
    'move',
    'delete',
    'save',
    'create',
    'resolve',
    'undo',
    'preview',
    'apply',
    'add',
    'up-1',
    'remove-0',
  ),
  fc.constantFrom(
    'json',
    'raw',
    'passwd',
    'group',
    'merge',
    'replace',
    'file',
    'free',
    'described',
    'secret',
    'keep',
    'lock',
    'yes',
  ),
  text,
)
const known = fc.constantFrom(
  ['local'],
  ['local', 'users'],
  ['local', 'users', 'pia'],
  ['local', 'journal'],
  ['local', 'import'],
  ['local', 'export'],
  ['local', 'events'],
)
const request = fc.record({
  method: fc.constantFrom('GET', 'POST'),
  parts: fc.oneof({ weight: 6, arbitrary: known }, { weight: 1, arbitrary: fc.array(part, { maxLength: 5 }) }),
  fields: fc.array(fc.tuple(name, value), { maxLength: 10 }),
  isMultipart: fc.boolean(),
  isBroken: fc.integer({ min: 0, max: 20 }).map((each) => each === 0),
})

test('any request is answered, and the domain stays sound', async (context) => {
  const web = await makeTestWeb(context, { visitor: visitorWith() })
  await addTo(web.domain, 0, { name: 'users', at: [{ name: 'pia', passwd: '*', uid: '7' }] })
  await fc.assert(
    fc.asyncProperty(request, async ({ method, parts, fields, isMultipart, isBroken }) => {
      const path = ['/directory', ...parts].join('/')
      const pairs = fields.map(([key, each]): [string, string] => [key, each.toWellFormed()])
      const query = new URLSearchParams(pairs).toString()
      const response = await (method === 'GET'
        ? web.app.request(`${path}?${query}`)
        : web.app.request(path, { method, ...bodyOf(pairs, isMultipart, isBroken) }))
      assert.ok(response.status < 500, `${method} ${path}: ${response.status}`)
      assert.deepEqual(
        web.logged.filter(({ event }) => event === 'request-failed'),
        [],
      )
      await response.body?.cancel()
    }),
    { numRuns: RUNS },
  )
  assert.deepEqual(checkDomain(web.domain), [])
})

function bodyOf(pairs: [string, string][], isMultipart: boolean, isBroken: boolean): RequestInit {
  const headers = { 'sec-fetch-site': 'same-origin', 'x-csrf-token': 'csrf-of-the-test' }
  if (isBroken)
    return { headers: { ...headers, 'content-type': 'multipart/form-data; boundary=x' }, body: '--x\r\nbroken' }
  if (!isMultipart) return { headers, body: new URLSearchParams(pairs) }
  const form = new FormData()
  for (const [key, each] of pairs) form.append(key, each)
  form.append('file', new File([pairs.map(([, each]) => each).join('\n')], 'file'))
  return { headers, body: form }
}
