import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { entry } from '../../test/support/flat-entries.ts'
import { FORMATS } from './formats/index.ts'
import { DIRECTORY_DESCRIPTIONS, isViewedDirectory, viewOf, warningsOf } from './views.ts'
import type { ViewedDirectory } from './views.ts'

const USER = { name: ['pia', 'holm'], passwd: '*', uid: '530', gid: '20' }

describe('viewOf', () => {
  test('gives the fields of a user their types', () => {
    const user = viewOf('/users', entry({ ...USER, realname: 'Pia Holm', change: '0', expire: 'never' }))
    assert.deepEqual(user, {
      name: 'pia',
      aliases: ['holm'],
      uid: 530,
      gid: 20,
      realname: 'Pia Holm',
      home: '',
      shell: '',
      class: '',
      change: 0,
      expire: null,
    })
  })

  test('reads a number only where one is, within 32 bits', () => {
    const uidOf = (uid: string): number | null => viewOf('/users', entry({ uid })).uid
    assert.deepEqual(
      ['-2', '007', '4294967295', '4294967296', '99999999999', '', '1x', '1.5', '0x10', ' 1'].map(uidOf),
      [-2, 7, 4_294_967_295, null, null, null, null, null, null, null],
    )
  })

  test('leaves out empty members', () => {
    assert.deepEqual(viewOf('/groups', entry({ name: 'a', users: [''] })).users, [])
  })

  test('splits what a machine serves', () => {
    const { serves } = viewOf('/machines', entry({ serves: ['./local', '../network', 'ada/local', 'x', '/y', 'z/'] }))
    assert.deepEqual(serves, [
      { domain: '.', tag: 'local' },
      { domain: '..', tag: 'network' },
      { domain: 'ada', tag: 'local' },
    ])
  })

  test('knows both names of what a mount has two names for', () => {
    const mount = viewOf('/mounts', entry({ name: 'a', type: 'ufs', dump_freq: '1' }))
    assert.deepEqual([mount.type, mount.freq, mount.passno], ['ufs', 1, null])
    assert.equal(viewOf('/mounts', []).type, 'nfs')
  })

  test("tells a printer's texts, numbers and flags apart", () => {
    const printer = entry({ name: 'a', rm: 'ada', mx: '#10', xx: '#x', sf: [], _writers: '*' })
    assert.deepEqual(viewOf('/printers', printer).capabilities, [
      { name: 'rm', value: 'ada' },
      { name: 'mx', value: 10 },
      { name: 'xx', value: '#x' },
      { name: 'sf', value: true },
    ])
  })

  test('views any entry of any directory, and warns of it at most', () => {
    const paths = [...DIRECTORY_DESCRIPTIONS.keys()]
    const properties = fc.array(
      fc.record({
        name: fc.constantFrom('name', 'uid', 'users', 'ip_address', 'en_address', 'serves', 'port', 'address', 'x'),
        values: fc.array(fc.oneof(fc.string(), fc.ipV4Extended(), fc.ipV6(), fc.integer().map(String)), {
          maxLength: 3,
        }),
      }),
      { maxLength: 5 },
    )
    fc.assert(
      fc.property(fc.constantFrom(...paths), properties, (path, each) => {
        if (isViewedDirectory(path)) assert.equal(typeof viewOf(path, each), 'object')
        for (const warning of warningsOf(path, each)) assert.ok(warning.isWellFormed() && !/[\n\0]/.test(warning))
      }),
    )
  })

  test('has a view for the directory of every format', () => {
    const viewed: ViewedDirectory[] = [...FORMATS.values()].map(({ directory }) => directory).filter(isViewedDirectory)
    assert.equal(viewed.length, FORMATS.size)
    for (const path of viewed) assert.ok(DIRECTORY_DESCRIPTIONS.has(path), path)
    assert.ok(!isViewedDirectory('/toString') && !isViewedDirectory('toString'))
  })
})

describe('warningsOf', () => {
  test('has nothing to say of an entry as others expect it', () => {
    const machine = {
      name: 'ada',
      ip_address: ['10.0.0.1', 'fd00::1'],
      en_address: '0:0:f:0:7:5a',
      serves: './network',
    }
    assert.deepEqual(warningsOf('/users', entry({ ...USER, class: '', home: '' })), [])
    assert.deepEqual(warningsOf('/machines', entry(machine)), [])
    assert.deepEqual(warningsOf('/networks', entry({ name: 'lab', address: '192.168.1' })), [])
    assert.deepEqual(warningsOf('/groups', entry({ name: 'a', gid: '-2', users: ['pia', 'jon'] })), [])
    assert.deepEqual(warningsOf('/no/such', entry({ anything: ['', ''] })), [])
    assert.deepEqual(warningsOf('/', entry({ master: 'ada/network' })), [])
  })

  const cases: readonly (readonly [
    string,
    string,
    Readonly<Record<string, string | readonly string[]>>,
    readonly string[],
  ])[] = [
    [
      'of addresses that are not canonical',
      '/machines',
      {
        name: 'a',
        ip_address: ['010.0.0.1', '1.2.3', '1.2.3.256', 'FD00::1', 'fd00::1%eth0'],
        en_address: ['00:00:0F:00:07:5A', 'x'],
      },
      [
        'ip_address: "010.0.0.1" is looked up as text: write 10.0.0.1',
        'ip_address: "1.2.3" is not an address',
        'ip_address: "1.2.3.256" is not an address',
        'ip_address: "FD00::1" is looked up as text: write fd00::1',
        'ip_address: "fd00::1%eth0" is not an address',
        'en_address: "00:00:0F:00:07:5A" is looked up as text: write 0:0:f:0:7:5a',
        'en_address: "x" is not an Ethernet address',
      ],
    ],
    [
      'of numbers that are none, and of what is missing',
      '/users',
      { name: 'a', passwd: '*', uid: '007', gid: 'staff' },
      ['uid: "007" is looked up as text: write 7', 'gid: "staff" is not a decimal number'],
    ],
    [
      'of a port beyond all ports',
      '/services',
      { name: 'a', port: '65536', protocol: 'tcp' },
      ['port: "65536" is not a port from 0 to 65535'],
    ],
    [
      'of a user without a password, and without a number',
      '/users',
      { name: 'a', passwd: '', gid: '1' },
      ['uid: an entry without it is of no use', 'passwd: without a value no password is asked for; * lets nobody in'],
    ],
    [
      'of members that are no list',
      '/groups',
      { name: 'a', gid: '1', users: 'pia,jon' },
      ['users: "pia,jon" is one value with commas: a list has a value for each'],
    ],
    [
      'of values that are empty, there twice, or one too many',
      '/groups',
      { name: 'a', gid: ['1', '2'], users: ['', 'b', 'b'] },
      [
        'gid: 2 values, of which only the first is read',
        'users: a value is there more than once',
        'users: a value is empty',
      ],
    ],
    [
      'of two names that say different things',
      '/mounts',
      { name: 'a', dir: '/b', vfstype: 'nfs', type: 'ufs', freq: '0', dump_freq: '0' },
      ['vfstype and type: they differ, and it depends on the program which one is read'],
    ],
    [
      'of forms of its own',
      '/machines',
      { name: 'a', serves: 'x', bootparams: 'y' },
      ['serves: "x" is not DOMAIN/TAG', 'bootparams: "y" is not KEY=HOST:PATH'],
    ],
    [
      'of a printer that printcap cannot hold',
      '/printers',
      { name: 'a|b' },
      ['name: a name with | or : cannot be written to printcap'],
    ],
    [
      'of the networks that are none',
      '/networks',
      { name: 'a', address: '1.2.3.4.5' },
      ['address: "1.2.3.4.5" is not a network number'],
    ],
  ]
  for (const [what, path, properties, expected] of cases) {
    test(`warns ${what}`, () => assert.deepEqual(warningsOf(path, entry(properties)), expected))
  }

  test('warns of a property that is there twice, in any directory', () => {
    const twice = [...entry({ a: '1' }), ...entry({ a: '2', b: '3' }), ...entry({ a: '4' })]
    assert.deepEqual(warningsOf('/config', twice), ['"a" is there more than once: only the first is looked up'])
  })

  test('shows what it quotes cut and harmless, and never a password', () => {
    const [warning = ''] = warningsOf('/users', entry({ ...USER, uid: `\u001b[2J${'x'.repeat(200)}` }))
    assert.match(warning, /^uid: "\\x1b\[2Jx+…" is not a decimal number$/)
    assert.ok(warning.length < 100)
    assert.doesNotMatch(warningsOf('/users', entry({ ...USER, passwd: ['secret', 'secret'] })).join(), /secret/)
  })

  test('tells a hundred warnings and counts the rest', () => {
    const addresses = Array.from({ length: 150 }, (_, index) => `x${index}`)
    const warnings = warningsOf('/machines', entry({ name: 'a', ip_address: addresses }))
    assert.equal(warnings.length, 101)
    assert.equal(warnings.at(-1), '50 more warnings are not listed')
  })
})
