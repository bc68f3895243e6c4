import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { ENGLISH, LANGUAGES, languageOf } from '../languages.ts'
import type { Language } from '../languages.ts'
import { hasWords, messageProblems } from './check-message.ts'

const of = (tag: string): Language => languageOf(tag) ?? ENGLISH

const COUNT = '{count, plural, one {# port} other {# ports}}'

function finds(tag: string, message: string, english: string, pattern: RegExp): void {
  const problems = messageProblems(message, english, of(tag))
  assert.ok(
    problems.some((each) => pattern.test(each)),
    `${tag}: ${message}: ${problems.join('; ') || 'no problem'} instead of ${pattern}`,
  )
}

function accepts(tag: string, message: string, english: string): void {
  assert.deepEqual(messageProblems(message, english, of(tag)), [], `${tag}: ${message}`)
}

describe('the form of a message', () => {
  test('an ill-formed message is found', () => {
    finds('de', 'Port {port', 'Port {port}', /ill-formed/)
    finds('de', '<b>Port', '<b>Port</b>', /ill-formed/)
    finds('de', '{count, plural, one {# Port}}', COUNT, /ill-formed/)
  })

  test('a value or a tag that is missing, or that English does not have, is found', () => {
    finds('de', 'Anschluss', 'Port {port}', /values are none, the English ones port/)
    finds('de', 'Port {porto}', 'Port {port}', /values/)
    finds('de', 'Port {port, number}', 'Port {port}', /values/)
    finds('de', 'Port', '<b>Port</b>', /tags/)
    finds('de', '<i>Port</i>', '<b>Port</b>', /tags/)
    accepts('ja', '{b}の<b>{a}</b>', '<b>{a}</b> of {b}')
  })

  test('a plural has the cases of its language, and no others', () => {
    finds('ru', '{count, plural, one {# порт} other {# портов}}', COUNT, /lacks the case few/)
    finds('ar', '{count, plural, one {# منفذ} other {# منفذ}}', COUNT, /lacks the case two/)
    finds('ja', '{count, plural, one {# 個} other {# 個}}', COUNT, /has the case one, which ja does not have/)
    accepts('ja', '{count, plural, other {#個のポート}}', COUNT)
    accepts('ru', '{count, plural, one {# порт} few {# порта} many {# портов} other {# порта}}', COUNT)
    accepts('fr', '{count, plural, one {# port} other {# ports}}', COUNT)
    accepts('de', '{count, plural, =0 {kein Port} one {ein Port} other {# Ports}}', COUNT)
  })

  test('a case lacks its number only where it stands for one number alone', () => {
    finds('de', '{count, plural, one {# Port} other {Ports}}', COUNT, /# is missing/)
    finds('ru', '{count, plural, one {порт} few {# порта} many {# портов} other {# порта}}', COUNT, /needs #/)
    finds('bn', '{count, plural, one {একটি পোর্ট} other {#টি পোর্ট}}', COUNT, /needs #/)
    accepts(
      'ar',
      '{count, plural, zero {لا منافذ} one {منفذ واحد} two {منفذان} few {# منافذ} many {# منفذًا} other {# منفذ}}',
      COUNT,
    )
  })

  test('a selection has the cases that English has', () => {
    const english = '{kind, select, user {A user} other {Something}}'
    accepts('de', '{kind, select, user {Ein Benutzer} other {Etwas}}', english)
    finds('de', '{kind, select, other {Etwas}}', english, /lacks the case user/)
    finds('de', '{kind, select, user {Ein Benutzer} group {Eine Gruppe} other {Etwas}}', english, /the case group/)
  })
})

describe('the style of a text', () => {
  test('blanks at the ends, doubled blanks, HTML and straight quotation marks are found in every language', () => {
    finds('sv', ' Port', 'Port', /blank at its beginning/)
    finds('sv', 'Port ', 'Port', /blank at its beginning or end/)
    finds('sv', 'En  port', 'A port', /two blanks/)
    finds('sv', 'En&nbsp;port', 'A port', /HTML/)
    finds('en', 'It is IANA"s', 'It is IANA"s', /straight/)
    finds('de', 'Ein - Port', 'A port', /hyphen/)
    finds('de', 'Port...', 'Port…', /full stops/)
    finds('de', 'Po\u00ADrt', 'Port', /invisible/)
  })

  test('digits are those of the readers, but for names and addresses', () => {
    finds('bn', 'পোর্ট 973', 'Port 973', /digit 9/)
    finds('ar', 'منفذ ۹', 'Port 9', /digit ۹/)
    finds('fa', 'درگاه ٩', 'Port 9', /digit ٩/)
    finds('de', 'Port ٩', 'Port 9', /digit ٩/)
    accepts('bn', 'পোর্ট ৯৭৩', 'Port 973')
    accepts('bn', 'IPv4, SHA-256, RFC 6335, 127.0.0.1:9730, [::1]:53', 'IPv4')
    accepts('ar', 'نفّذ <code>nmap -p 973, 1</code>', 'Run <code>nmap -p 973, 1</code>')
  })

  test('punctuation is that of the script', () => {
    finds('ar', 'هل تعمل?', 'Does it work?', /Latin punctuation/)
    finds('fa', 'درگاه, سرویس', 'Port, service', /Latin punctuation/)
    finds('zh-Hans', '端口, 服务', 'Port, service', /full width/)
    finds('ja', '見つかりません.', 'Not found.', /full width/)
    finds('bn', 'পোর্ট খোলা.', 'The port is open.', /।/)
    finds('hi', 'पोर्ट खुला है|', 'The port is open.', /।/)
    finds('ko', '포트，서비스', 'Port, service', /another script/)
    finds('es', 'Funciona?', 'Does it work?', /¿/)
    finds('fr', 'Vraiment?', 'Really?', /unbreakable/)
    accepts('fr', 'Vraiment\u202F?', 'Really?')
    accepts('es', '¿Funciona?', 'Does it work?')
    accepts('zh-Hant', '找不到 {name}。', '{name} was not found.')
  })

  test('quotation marks and letters are those of the language', () => {
    finds('de', '“Port”', 'Port', /quotation mark “|quotation mark ”/)
    finds('ru', 'Port порт শ', 'Port', /letter শ/)
    finds('fa', 'كاربر', 'User', /letters of Arabic/)
    finds('ar', 'کلمة', 'Word', /letters of Persian/)
    finds('zh-Hans', '端口說明', 'About the port', /traditional/)
    finds('zh-Hant', '网路', 'Network', /simplified/)
    finds('bn', '\u09DF', 'y', /NFC/)
    accepts('de', '„Port“', 'Port')
  })

  test('it ends as the English one does', () => {
    finds('de', 'Der Port ist offen', 'The port is open.', /ends with nothing, the English one with full stop/)
    accepts('hi', 'पोर्ट खुला है।', 'The port is open.')
  })
})

test('a message of values and signs alone has nothing to translate', () => {
  assert.equal(hasWords('{first}–{last}'), false)
  assert.equal(hasWords('{name}: <code>{text}</code>'), false)
  assert.equal(hasWords('{name} ports'), true)
})

test('a message of too many choices is refused, and not unfolded', () => {
  finds('de', COUNT.repeat(12), COUNT, /more than 256 readings/)
})

test('whatever stands in a catalogue, its problems are told and nothing is thrown', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '<b>',
    '</b>',
    '{n}',
    '#',
    "'",
    '{n, plural, other {',
    'one {',
    '}}',
    'Port',
    ' ',
  )
  const rubbish = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.array(piece, { maxLength: 12 }).map((all) => all.join('')),
  )
  fc.assert(
    fc.property(rubbish, rubbish, fc.constantFrom(...LANGUAGES), (message, english, language) => {
      assert.ok(Array.isArray(messageProblems(message, english, language)))
      assert.equal(typeof hasWords(message), 'boolean')
    }),
    { numRuns: 2000 },
  )
})
