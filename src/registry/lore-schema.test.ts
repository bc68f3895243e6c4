import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { citesOf, parseLore } from './lore-schema.ts'
import type { Lore } from './lore-schema.ts'

const cites = [{ source: 'manual', seen: true }]

function example(): Lore {
  return {
    id: 'old-log',
    name: 'Old Log',
    category: 'other',
    state: 'extinct',
    summary: { text: 'It kept a log.', cites },
    uses: [{ ports: ['973', '600-1023'], transports: ['tcp', 'udp'], text: 'logs', cites }],
    sources: { manual: { title: 'Manual', publisher: 'Maker', url: 'https://example.org/manual' } },
  }
}

const FULL: Lore = {
  ...example(),
  aliases: ['olog'],
  registryNames: ['olog'],
  era: { from: '1989', until: '2007-10', text: 'long ago', cites },
  successors: [
    { name: 'New Log', ports: ['974'], cites },
    { name: 'Newest Log', cites },
  ],
  history: [{ text: 'It began.', cites }],
  security: [{ text: 'Anybody could read it.', cites }],
}

function problemsOf(value: unknown, fileName = 'old-log.json'): readonly string[] {
  const { lore, problems } = parseLore(value, fileName)
  assert.equal(lore === null, problems.length > 0)
  return problems
}

/** Exactly one problem, with this place, and these words. */
function assertProblem(value: unknown, place: string, what: RegExp = /./): void {
  const problems = problemsOf(value)
  assert.equal(problems.length, 1, problems.join('\n'))
  assert.ok(problems[0]?.startsWith(`${place}: `), `${problems[0]} should begin with ${place}`)
  assert.match(problems[0] ?? '', what)
}

describe('parseLore', () => {
  test('passes an entry with the least, and one with all there can be', () => {
    assert.deepEqual(parseLore(example(), 'old-log.json'), { lore: example(), problems: [] })
    assert.deepEqual(parseLore(FULL, 'old-log.json'), { lore: FULL, problems: [] })
  })

  test('names the whole file where it is no object', () => {
    for (const value of [null, 'text', 5, undefined]) assertProblem(value, '(whole file)')
  })

  test('names each missing field', () => {
    for (const key of ['id', 'name', 'category', 'state', 'summary', 'uses', 'sources'] as const) {
      const { [key]: _, ...rest } = example()
      assertProblem(rest, key)
    }
  })

  test('names a field that no entry has, wherever it stands', () => {
    assertProblem({ ...example(), status: 'assigned' }, 'status')
    assertProblem({ ...example(), summary: { text: 'x', cites, by: 'me' } }, 'summary.by')
    assertProblem({ ...example(), uses: [{ ...example().uses[0], note: 'x' }] }, 'uses.0.note')
  })

  test('refuses an id that is not kebab-case, or not the name of the file', () => {
    for (const id of ['Old-Log', 'old_log', 'old--log', '-old', '', 'x'.repeat(49)]) {
      assert.match(problemsOf({ ...example(), id }).join('\n'), /^id: /)
    }
    assert.deepEqual(problemsOf(example(), 'new-log.json'), ["id: 'old-log' is not the file's name 'new-log.json'"])
  })

  test('refuses a category or state that it does not know', () => {
    assertProblem({ ...example(), category: 'toys' }, 'category')
    assertProblem({ ...example(), state: 'asleep' }, 'state')
  })

  test('refuses texts that are empty, too long, or hold control characters', () => {
    for (const text of ['', '   ', 'x'.repeat(401), 'a\u001b[31mb', 'a\nb', 'a\u0085b']) {
      assert.match(
        problemsOf({ ...example(), summary: { text, cites } }).join('\n'),
        /^summary\.text: /,
        JSON.stringify(text),
      )
    }
    assertProblem({ ...example(), name: 'x'.repeat(61) }, 'name')
  })

  test('refuses what is no port or range, and names its place', () => {
    for (const [port, what] of [
      ['65536', /above 65535/],
      ['10-9', /FROM above TO/],
      ['x', /not a port/],
      ['1-2-3', /not a port/],
      ['', /not a port/],
      ['-1', /not a port/],
    ] as const) {
      const uses = [...example().uses, { ports: ['1', port], transports: ['tcp'], text: 'x', cites }]
      assert.match(problemsOf({ ...example(), uses }).join('\n'), /^uses\.1\.ports\.1: /)
      assert.match(problemsOf({ ...example(), uses }).join('\n'), what)
    }
    assertProblem({ ...example(), uses: [{ ports: [973], transports: ['tcp'], text: 'x', cites }] }, 'uses.0.ports.0')
    assertProblem({ ...example(), successors: [{ name: 'x', ports: ['70000'], cites }] }, 'successors.0.ports.0')
  })

  test('refuses a use without a port or a transport, and an entry without a use', () => {
    assertProblem({ ...example(), uses: [] }, 'uses')
    assertProblem({ ...example(), uses: [{ ports: [], transports: ['tcp'], text: 'x', cites }] }, 'uses.0.ports')
    assertProblem({ ...example(), uses: [{ ports: ['1'], transports: [], text: 'x', cites }] }, 'uses.0.transports')
    assertProblem(
      { ...example(), uses: [{ ports: ['1'], transports: ['ddp'], text: 'x', cites }] },
      'uses.0.transports.0',
    )
  })

  test('refuses a date that no calendar has', () => {
    for (const from of ['89', '1989-13', '1989-00', '1989-01-32', '1989-1-1', 'long ago']) {
      assertProblem({ ...example(), era: { from, cites } }, 'era.from', /not YYYY/)
    }
    const manual = { ...example().sources['manual'], date: '2003-08-99' }
    assertProblem({ ...example(), sources: { manual } }, 'sources.manual.date')
  })

  test('refuses an era that says nothing', () => {
    assertProblem({ ...example(), era: { cites } }, 'era', /says nothing/)
  })

  test('refuses every statement without a citation', () => {
    const none: [] = []
    assertProblem({ ...example(), summary: { text: 'x', cites: none } }, 'summary.cites')
    assertProblem(
      { ...example(), uses: [{ ports: ['1'], transports: ['tcp'], text: 'x', cites: none }] },
      'uses.0.cites',
    )
    assertProblem({ ...example(), era: { from: '1989', cites: none } }, 'era.cites')
    assertProblem({ ...example(), successors: [{ name: 'x', cites: none }] }, 'successors.0.cites')
    assertProblem({ ...example(), history: [{ text: 'x', cites: none }] }, 'history.0.cites')
    assertProblem(
      {
        ...example(),
        security: [
          { text: 'x', cites },
          { text: 'x', cites: none },
        ],
      },
      'security.1.cites',
    )
  })

  test('refuses a citation that does not say whether it was read', () => {
    assertProblem({ ...example(), summary: { text: 'x', cites: [{ source: 'manual' }] } }, 'summary.cites.0.seen')
  })

  test('refuses a citation of a source that is not there, at each place, also one of an inherited name', () => {
    const wrong = [...cites, { source: 'rumour', seen: false }]
    const what = /cites 'rumour', which sources does not have/
    assertProblem({ ...example(), summary: { text: 'x', cites: wrong } }, 'summary', what)
    assertProblem(
      { ...example(), uses: [{ ports: ['1'], transports: ['tcp'], text: 'x', cites: wrong }] },
      'uses[0]',
      what,
    )
    assertProblem({ ...example(), era: { from: '1989', cites: wrong } }, 'era', what)
    assertProblem({ ...example(), successors: [{ name: 'x', cites: wrong }] }, 'successors[0]', what)
    assertProblem(
      {
        ...example(),
        history: [
          { text: 'x', cites },
          { text: 'y', cites: wrong },
        ],
      },
      'history[1]',
      what,
    )
    assertProblem({ ...example(), security: [{ text: 'x', cites: wrong }] }, 'security[0]', what)
    assertProblem(
      { ...example(), summary: { text: 'x', cites: [...cites, { source: 'constructor', seen: false }] } },
      'summary',
    )
  })

  test('refuses a source that nothing cites, and a list without any', () => {
    const rumour = { title: 'x', publisher: 'y', url: 'https://example.org/' }
    assertProblem({ ...example(), sources: { ...example().sources, rumour } }, 'sources.rumour', /nothing cites it/)
    assertProblem({ ...example(), sources: {} }, 'sources', /no sources/)
  })

  test('refuses a source whose address cannot be followed on the web', () => {
    for (const url of ['javascript:alert(1)', 'file:///etc/passwd', 'example.org']) {
      const manual = { title: 'x', publisher: 'y', url }
      assert.match(problemsOf({ ...example(), sources: { manual } }).join('\n'), /^sources\.manual\.url: /)
    }
  })

  test('names every mistake, not only the first', () => {
    const problems = problemsOf({ ...example(), name: '', state: 'asleep', uses: [] })
    assert.deepEqual(new Set(problems.map((problem) => problem.split(':')[0])), new Set(['name', 'state', 'uses']))
  })
})

describe('citesOf', () => {
  test('lists every statement with its path', () => {
    assert.deepEqual(
      citesOf(FULL).map(({ path }) => path),
      ['summary', 'uses[0]', 'era', 'successors[0]', 'successors[1]', 'history[0]', 'security[0]'],
    )
    assert.deepEqual(
      citesOf(example()).map(({ path }) => path),
      ['summary', 'uses[0]'],
    )
  })
})
