import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { addTo, objectAt, setProperty } from '../../../../test/support/domain-of.ts'
import { makeTestWeb, visitorWith } from '../../../../test/support/web-services.ts'
import type { TestWeb } from '../../../../test/support/web-services.ts'
import { DIRECTORY_DESCRIPTIONS, FORMATS, createChildren, valuesOf, verifyPassword } from '../../../directory/index.ts'
import type { Caller } from '../../../directory/index.ts'
import { makeApp } from '../../app.ts'
import type { Visitor } from '../../visitor.ts'

const ROOT: Caller = { kind: 'superuser', name: 'root', from: 'test' }
const EVIL = '<script>alert(1)</script>"\'&'

async function makeWeb(context: TestContext, visitor: Visitor | null = visitorWith()): Promise<TestWeb> {
  const web = await makeTestWeb(context, { visitor })
  await addTo(web.domain, 0, {
    name: 'users',
    at: [
      { name: 'pia', passwd: '$argon2id$secret', uid: '1000', gid: '20', shell: '/bin/sh', realname: EVIL },
      { name: 'jon', passwd: '*', uid: '1001', gid: '20' },
    ],
  })
  await addTo(web.domain, 0, { name: 'groups', at: [{ name: 'staff', gid: '20', at: [{ name: 'inner' }] }] })
  return web
}

/** A GET with what a browser sends. */
async function get({ app }: TestWeb, path: string): Promise<{ readonly status: number; readonly text: string }> {
  const response = await app.request(path, { headers: { 'sec-fetch-site': 'same-origin' } })
  return { status: response.status, text: await response.text() }
}

interface Posted {
  readonly status: number
  readonly text: string
  readonly location: string
}

async function post(
  { app }: TestWeb,
  path: string,
  fields: Readonly<Record<string, string | readonly string[] | File>>,
): Promise<Posted> {
  const body = new FormData()
  body.set('_csrf', 'csrf-of-the-test')
  for (const [name, value] of Object.entries(fields)) {
    if (value instanceof File) body.set(name, value)
    else for (const each of [value].flat()) body.append(name, each)
  }
  const headers = { 'sec-fetch-site': 'same-origin', origin: 'http://localhost' }
  const response = await app.request(path, { method: 'POST', body, headers })
  return { status: response.status, text: await response.text(), location: response.headers.get('location') ?? '' }
}

/** The fields of the form of a page, as a browser would send them untouched. */
function fieldsOf(page: string): Record<string, string> {
  const fields: Record<string, string> = {}
  const form = page.slice(page.indexOf('id="entry"'), page.indexOf('</form>', page.indexOf('id="entry"')))
  const plain = (text: string): string =>
    text
      .replaceAll('&quot;', '"')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&')
  for (const [tag] of form.matchAll(/<input[^>]*>/g)) {
    const name = /\bname="([^"]*)"/.exec(tag)?.[1]
    const isOff = tag.includes('type="radio"') && !/\schecked/.test(tag)
    if (name !== undefined && !isOff && !tag.includes('checkbox'))
      fields[name] = plain(/\bvalue="([^"]*)"/.exec(tag)?.[1] ?? '')
  }
  for (const [, name = '', text = ''] of form.matchAll(/<textarea[^>]*?name="([^"]*)"[^>]*>\n?([^]*?)<\/textarea/g))
    fields[name] = plain(text)
  return fields
}

/** The number of the row of a property. */
function rowOf(fields: Readonly<Record<string, string>>, name: string): string {
  const [key = ''] = Object.entries(fields).find(([field, value]) => field.startsWith('n.') && value === name) ?? []
  return key.slice(2)
}

describe('the pages of the directory', () => {
  test('show the domains, the tree and its properties, in any language, and no markup of anybody else', async (context) => {
    const web = await makeWeb(context, null)
    for (const path of ['/directory', '/directory/local', '/directory/local/users', '/bn/directory/local/users/pia']) {
      const { status, text } = await get(web, path)
      assert.equal(status, 200, path)
      assert.ok(!text.includes('<script>alert'), path)
      assert.ok(!text.includes('argon2id'), path)
    }
    assert.match((await get(web, '/directory/local/users/pia')).text, /&lt;script&gt;alert/)
  })

  test('say that nothing is at an address that names nothing', async (context) => {
    const web = await makeWeb(context)
    for (const path of ['/directory/nowhere', '/directory/local/users/nobody', '/directory/local/%', '/directory/%FF'])
      assert.equal((await get(web, path)).status, 404, path)
  })

  test('have no button that writes for who has not signed in, and a link to where they can', async (context) => {
    const web = await makeWeb(context, null)
    const { text } = await get(web, '/directory/local/users/pia')
    assert.match(text, /\/sign-in\?next=%2Fdirectory%2Flocal%2Fusers%2Fpia/)
    assert.ok(!text.includes('do=edit'))
    const form = await get(web, '/directory/local/users/pia?do=edit')
    assert.equal(form.status, 403)
    const sent = await post(web, '/directory/local/users/pia', { do: 'save', base: '{}' })
    assert.equal(sent.status, 403)
  })

  test('have none for who may only read, nor for whom a list of writers does not name', async (context) => {
    const web = await makeWeb(context, visitorWith(['read']))
    assert.ok(!(await get(web, '/directory/local/users/pia')).text.includes('do=edit'))
    web.signIn({ ...visitorWith(), caller: { kind: 'user', name: 'jon', from: 'test' } })
    assert.ok(!(await get(web, '/directory/local/users/pia')).text.includes('do=edit'))
    await setProperty(web.domain, objectAt(web.domain, 'users', 'pia'), '_writers', 'jon')
    assert.ok((await get(web, '/directory/local/users/pia')).text.includes('do=edit'))
  })

  test('name the master where the domain is a copy, and take nothing', async (context) => {
    const web = await makeWeb(context)
    const served = { tag: 'local', domain: web.domain, isMaster: false }
    const domains = { main: () => served, get: () => served, all: () => [served] }
    const copy = { ...web, app: makeApp({ ...web.services, domains }) }
    const { text } = await get(copy, '/directory/local/users/pia')
    assert.match(text, /Changes are made where its master is: ada\/local/)
    assert.ok(!text.includes('do=edit'))
    assert.equal((await post(copy, '/directory/local/users/pia', { do: 'save' })).status, 403)
    assert.equal((await post(copy, '/directory/local/journal', { 'revision[]': '1' })).status, 403)
    assert.equal((await post(copy, '/directory/local/import', { do: 'preview' })).status, 403)
  })

  test('page through ten thousand children, and find one, at once', async (context) => {
    const web = await makeWeb(context)
    const groups = objectAt(web.domain, 'groups')
    const many = Array.from({ length: 10_000 }, (_, index) => [{ name: 'name', values: [`g${index}`] }])
    await createChildren(web.domain, groups, many, ROOT)
    const page = await get(web, '/directory/local/groups?from=9000')
    assert.match(page.text, />g8999</)
    assert.ok(!page.text.includes('>g8000<'))
    assert.match((await get(web, '/directory/local/groups?q=g9999')).text, />g9999</)
  })
})

describe('the form of a directory', () => {
  test('sent as it came writes nothing', async (context) => {
    const web = await makeWeb(context)
    const before = web.domain.revision()
    const { text } = await get(web, '/directory/local/users/pia?do=edit')
    const { status, location } = await post(web, '/directory/local/users/pia', { ...fieldsOf(text), do: 'save' })
    assert.equal(status, 303)
    assert.match(location, /done=same/)
    assert.equal(web.domain.revision(), before)
  })

  test('saves what was changed, in the name of who sent it, and offers to undo it', async (context) => {
    const web = await makeWeb(context)
    const fields = fieldsOf((await get(web, '/directory/local/users/pia?do=edit')).text)
    const shell = rowOf(fields, 'shell')
    const { location } = await post(web, '/directory/local/users/pia', {
      ...fields,
      [`v.${shell}`]: '/bin/zsh',
      do: 'save',
    })
    const pia = web.domain.read(objectAt(web.domain, 'users', 'pia'))?.properties ?? []
    assert.deepEqual(valuesOf(pia, 'shell'), ['/bin/zsh'])
    assert.deepEqual(valuesOf(pia, 'passwd'), ['$argon2id$secret'])
    const saved = await get(web, location)
    assert.match(saved.text, /name="revision\[\]"/)
    const [entry] = web.domain.journal({ isReverse: true, limit: 1 })
    assert.equal(entry?.who, 'ada')
    const undone = await post(web, '/directory/local/journal', {
      'revision[]': String(entry?.revision),
      back: '/directory/local/users/pia',
    })
    assert.match(undone.location, /^\/directory\/local\/users\/pia\?done=undone/)
    const after = web.domain.read(objectAt(web.domain, 'users', 'pia'))?.properties ?? []
    assert.deepEqual(valuesOf(after, 'shell'), ['/bin/sh'])
  })

  test('adds, moves and removes rows without JavaScript, and keeps what was typed', async (context) => {
    const web = await makeWeb(context)
    const path = '/directory/local/groups/staff'
    const first = fieldsOf((await get(web, `${path}?do=edit`)).text)
    const blank = rowOf(first, '')
    const typed = { ...first, [`n.${blank}`]: 'note', [`v.${blank}`]: 'kept' }
    const more = await post(web, path, { ...typed, row: 'add' })
    assert.equal(more.status, 200)
    const second = fieldsOf(more.text)
    assert.equal(second[`v.${rowOf(second, 'note')}`], 'kept')
    assert.equal(
      Object.keys(second).filter((name) => name.startsWith('n.')).length,
      Object.keys(first).filter((name) => name.startsWith('n.')).length + 1,
    )
    const gone = fieldsOf((await post(web, path, { ...second, row: `remove-${rowOf(second, 'note')}` })).text)
    assert.equal(rowOf(gone, 'note'), '')
  })

  test('makes a user with the next number and a hashed password, and asks before it makes a twin', async (context) => {
    const web = await makeWeb(context)
    const path = '/directory/local/users'
    const fields = fieldsOf((await get(web, `${path}?do=new`)).text)
    assert.equal(fields[`v.${rowOf(fields, 'uid')}`], '1002')
    const filled = {
      ...fields,
      [`v.${rowOf(fields, 'name')}`]: 'mia',
      [`v.${rowOf(fields, 'gid')}`]: '20',
      password: 'set',
      newPassword: 'a long sentence',
      do: 'create',
    }
    const missing = await post(web, path, { ...filled, [`v.${rowOf(fields, 'gid')}`]: '' })
    assert.equal(missing.status, 422)
    assert.ok(!missing.text.includes('a long sentence'))
    const { location } = await post(web, path, filled)
    assert.match(location, /^\/directory\/local\/users\/mia\?done=created/)
    const mia = web.domain.read(objectAt(web.domain, 'users', 'mia'))?.properties ?? []
    assert.ok(await verifyPassword('a long sentence', valuesOf(mia, 'passwd')[0] ?? ''))
    const twin = await post(web, path, filled)
    assert.equal(twin.status, 409)
    assert.equal((await post(web, path, { ...filled, twin: 'yes' })).status, 303)
  })

  test('of another shows both versions when two wrote, loses nothing, and saves what is chosen', async (context) => {
    const web = await makeWeb(context)
    const path = '/directory/local/users/pia'
    const fields = fieldsOf((await get(web, `${path}?do=edit`)).text)
    const pia = objectAt(web.domain, 'users', 'pia')
    await setProperty(web.domain, pia, 'shell', '/bin/theirs')
    const typed = {
      ...fields,
      [`v.${rowOf(fields, 'shell')}`]: '/bin/yours',
      [`v.${rowOf(fields, 'uid')}`]: '4711',
      do: 'save',
    }
    const conflict = await post(web, path, typed)
    assert.equal(conflict.status, 409)
    for (const shown of ['/bin/sh', '/bin/theirs', '/bin/yours', '4711'])
      assert.ok(conflict.text.includes(shown), shown)
    const form = conflict.text.replace('class="conflict"', 'id="entry"')
    const hidden = fieldsOf(form)
    const { status } = await post(web, path, { ...hidden, 'choice.0': 'theirs', 'choice.1': 'yours', do: 'resolve' })
    assert.equal(status, 303)
    const now = web.domain.read(pia)?.properties ?? []
    assert.deepEqual([valuesOf(now, 'uid'), valuesOf(now, 'shell')].flat().toSorted(), ['/bin/yours', '1000'])
    assert.deepEqual(valuesOf(now, 'passwd'), ['$argon2id$secret'])
  })

  test('of who may change one property alone has that one, and changes nothing else', async (context) => {
    const web = await makeWeb(context)
    const path = '/directory/local/users/pia'
    await setProperty(web.domain, objectAt(web.domain, 'users', 'pia'), '_writers_shell', 'jon')
    await setProperty(web.domain, objectAt(web.domain, 'users', 'pia'), '_writers_passwd', 'jon')
    web.signIn({ ...visitorWith(), caller: { kind: 'user', name: 'jon', from: 'test' } })
    assert.ok((await get(web, path)).text.includes('do=edit'))
    assert.equal((await get(web, `${path}?do=delete`)).text.includes('name="count"'), false)
    const fields = fieldsOf((await get(web, `${path}?do=edit`)).text)
    assert.equal(rowOf(fields, 'uid'), '')
    const sent = {
      ...fields,
      [`v.${rowOf(fields, 'shell')}`]: '/bin/jon',
      password: 'set',
      newPassword: 'a long sentence',
    }
    assert.match(
      (await post(web, path, { ...sent, 'n.9': 'uid', 'v.9': '0', 'k.9': 'free', do: 'save' })).location,
      /done=saved/,
    )
    const pia = web.domain.read(objectAt(web.domain, 'users', 'pia'))?.properties ?? []
    assert.deepEqual([valuesOf(pia, 'shell'), valuesOf(pia, 'uid')], [['/bin/jon'], ['1000']])
    assert.ok(await verifyPassword('a long sentence', valuesOf(pia, 'passwd')[0] ?? ''))
  })

  test('of a directory that is gone shows what was typed', async (context) => {
    const web = await makeWeb(context)
    const path = '/directory/local/users/jon'
    const fields = fieldsOf((await get(web, `${path}?do=edit`)).text)
    const jon = objectAt(web.domain, 'users', 'jon')
    const users = web.domain.id(objectAt(web.domain, 'users'))
    const child = web.domain.id(jon)
    assert.ok(users !== undefined && child !== undefined)
    await web.domain.write({ kind: 'destroy', parent: users, child }, ROOT)
    const { status, text } = await post(web, path, {
      ...fields,
      [`v.${rowOf(fields, 'gid')}`]: 'typed-text',
      do: 'save',
    })
    assert.equal(status, 409)
    assert.match(text, /typed-text/)
  })

  test('is made for every directory that is described', async (context) => {
    const web = await makeWeb(context)
    for (const { path, properties } of DIRECTORY_DESCRIPTIONS.values()) {
      if (path.lastIndexOf('/') !== 0 || path === '/' || properties.length === 0) continue
      if (web.domain.find(0, 'name', path.slice(1)).length === 0) await addTo(web.domain, 0, { name: path.slice(1) })
      const { text } = await get(web, `/directory/local${path}?do=new`)
      for (const { name } of properties) if (name !== 'passwd') assert.match(text, new RegExp(`value="${name}"`), path)
    }
  })
})

describe('moving and deleting', () => {
  test('go by their forms', async (context) => {
    const web = await makeWeb(context)
    assert.match((await get(web, '/directory/local/groups?do=delete')).text, /name="count" value="3"/)
    const wrong = await post(web, '/directory/local/groups', { do: 'delete', count: '2' })
    assert.equal(wrong.status, 409)
    const nowhere = await post(web, '/directory/local/groups/staff', { do: 'move', to: '/no/such', before: '' })
    assert.equal(nowhere.status, 422)
    const moved = await post(web, '/directory/local/groups/staff', { do: 'move', to: '/users', before: 'jon' })
    assert.match(moved.location, /^\/directory\/local\/users\/staff\?done=moved/)
    const gone = await post(web, '/directory/local/users', { do: 'delete', count: '5' })
    assert.match(gone.location, /^\/directory\/local\?done=deleted/)
    assert.equal((await get(web, '/directory/local/users')).status, 404)
  })
})

describe('the journal', () => {
  test('tells who changed what, and takes several back at once', async (context) => {
    const web = await makeWeb(context)
    const jon = objectAt(web.domain, 'users', 'jon')
    await setProperty(web.domain, jon, 'shell', '/bin/a')
    await setProperty(web.domain, jon, 'shell', '/bin/b')
    const { text } = await get(web, '/directory/local/journal?path=/users/jon')
    assert.match(text, /\/bin\/b/)
    const revision = web.domain.revision()
    const { location } = await post(web, '/directory/local/journal', {
      do: 'undo',
      'revision[]': [String(revision - 1), String(revision)],
      back: '/directory/local/journal?path=/users/jon',
    })
    assert.match(location, /undone=2/)
    assert.deepEqual(valuesOf(web.domain.read(jon)?.properties ?? [], 'shell'), [])
    assert.match((await get(web, location)).text, /2 changes are undone/)
  })

  test('never sends anybody to another site', async (context) => {
    const web = await makeWeb(context)
    for (const back of ['https://evil.example/', '//evil.example', '/directory/local\\evil', '/directory/localevil']) {
      const { location } = await post(web, '/directory/local/journal', { 'revision[]': 'x', back })
      assert.equal(location, '/directory/local/journal')
    }
  })
})

describe('import and export', () => {
  test('show what would change before anything does, from a text and from a file', async (context) => {
    const web = await makeWeb(context)
    const passwd = 'mia:x:1005:20:Mia:/home/mia:/bin/sh\n'
    const sent = { format: 'passwd.43', mode: 'merge', parent: '/', do: 'preview' }
    for (const source of [{ text: passwd }, { file: new File([passwd], 'passwd') }]) {
      const { status, text } = await post(web, '/directory/local/import', { ...sent, ...source })
      assert.equal(status, 200)
      assert.match(text, /\/users\/mia/)
      assert.equal(web.domain.childCount(objectAt(web.domain, 'users')), 2)
    }
    const { text } = await post(web, '/directory/local/import', { ...sent, text: passwd })
    const digest = /name="digest" value="([^"]+)"/.exec(text)?.[1] ?? ''
    const data = /name="data" value="([^"]+)"/.exec(text)?.[1] ?? ''
    const stale = await post(web, '/directory/local/import', { ...sent, data, digest: 'other', do: 'apply' })
    assert.equal(stale.status, 409)
    const { location } = await post(web, '/directory/local/import', { ...sent, data, digest, do: 'apply' })
    assert.match((await get(web, location)).text, /1 directory was made/)
    assert.equal(web.domain.childCount(objectAt(web.domain, 'users')), 3)
  })

  test('say what is wrong with a text', async (context) => {
    const web = await makeWeb(context)
    const sent = { format: 'json', mode: 'merge', parent: '/', do: 'preview' }
    assert.equal((await post(web, '/directory/local/import', { ...sent, text: '{' })).status, 422)
    assert.equal((await post(web, '/directory/local/import', { ...sent, text: '' })).status, 422)
    assert.equal((await post(web, '/directory/local/import', { ...sent, text: 'x', parent: '/no' })).status, 422)
  })

  test('give every format, without passwords', async (context) => {
    const web = await makeWeb(context)
    for (const format of ['json', 'raw', ...FORMATS.keys()]) {
      const { status, text } = await get(web, `/directory/local/export?format=${format}&as=file`)
      assert.equal(status, 200, format)
      assert.ok(!text.includes('argon2id'), format)
    }
    assert.equal((await get(web, '/directory/local/export?format=json&as=file&path=/no')).status, 404)
    assert.equal((await get(web, '/directory/local/export?format=nonsense')).status, 404)
    assert.equal((await get(web, '/directory/local/export')).status, 200)
  })
})

describe('the events of a directory', () => {
  test('tell its instance at once, and when it changes', async (context) => {
    const web = await makeWeb(context)
    const jon = objectAt(web.domain, 'users', 'jon')
    const response = await web.app.request(`/directory/local/events?object=${jon}`)
    assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/)
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    assert.ok(reader !== undefined)
    const before = web.domain.id(jon)?.instance ?? 0
    assert.equal(await readInstance(reader), before)
    await setProperty(web.domain, jon, 'shell', '/bin/new')
    assert.equal(await readInstance(reader), before + 1)
    await reader.cancel()
    assert.equal((await web.app.request('/directory/local/events?object=x')).status, 404)
  })

  test('end when the server does', async (context) => {
    const web = await makeWeb(context)
    const response = await web.app.request('/directory/local/events?object=0')
    const reader = response.body?.getReader()
    await reader?.read()
    web.services.streams.close()
    for (;;) {
      const next = await reader?.read()
      if (next?.done !== false) break
    }
  })
})

/** The next that a stream of events tells. */
async function readInstance(reader: ReadableStreamDefaultReader<string>): Promise<number> {
  for (;;) {
    const { value, done } = await reader.read()
    const data = /^data: (.*)$/m.exec(value ?? '')?.[1]
    if (data !== undefined) return Number(data)
    if (done) throw new Error('the stream has ended')
  }
}
