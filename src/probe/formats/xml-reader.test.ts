import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { LIMITS } from '../../core/index.ts'
import { FormatError } from './format-error.ts'
import { XmlReader } from './xml-reader.ts'

/** The tags of a text, as `+name depth` and `-name`, then how it ended. */
function tagsOf(text: string): readonly string[] {
  const reader = new XmlReader(text)
  const tags: string[] = []
  for (;;) {
    const event = reader.next()
    if (event === 'whole' || event === 'cut') return [...tags, event]
    tags.push(event === 'start' ? `+${reader.name} ${reader.depth}` : `-${reader.name}`)
  }
}

function attributeOf(tag: string, name = 'a'): string | null {
  const reader = new XmlReader(tag)
  assert.equal(reader.next(), 'start')
  return reader.attribute(name)
}

function refuses(text: string, line: number, message: RegExp): void {
  assert.throws(
    () => tagsOf(text),
    (error) => error instanceof FormatError && error.line === line && message.test(error.message),
  )
}

describe('the XML reader', () => {
  test('tells each tag in order, and passes over all else', () => {
    const text = `\uFEFF<?xml version="1.0"?>\n<!DOCTYPE r SYSTEM "x.dtd">\n<!-- <no> -->
      <r><a/>text &unknown; <![CDATA[<no>]]><b><c x='1'></c></b ></r>\n<!-- end -->\n`
    assert.deepEqual(tagsOf(text), ['+r 1', '+a 2', '-a', '+b 2', '+c 3', '-c', '-b', '-r', 'whole'])
  })

  test('goes past an element with all that is in it', () => {
    const reader = new XmlReader('<r><a><b><a/></b></a><c/></r>')
    reader.next()
    reader.next()
    assert.equal(reader.skipElement(), true)
    assert.deepEqual([reader.next(), reader.name], ['start', 'c'])
    assert.equal(reader.skipElement(), true)
    assert.deepEqual([reader.next(), reader.name], ['end', 'r'])
  })

  test('decodes the five entities and characters by number, and white space as XML does', () => {
    assert.equal(attributeOf(`<r a="&lt;&gt;&amp;&quot;&apos;&#45;&#x1F600;\t\r\n&#10;"/>`), `<>&"'-😀  \n`)
    assert.equal(attributeOf('<r b="1"/>'), null)
    assert.equal(attributeOf(`<r a='"'/>`), '"')
  })

  for (const reference of ['&', '&x;', '&lt', '&#0;', '&#xD800;', '&#x110000;', '&#;', '&nbsp;'])
    test(`refuses the reference ${reference}, which names nothing`, () => {
      assert.throws(() => attributeOf(`<r a="${reference}"/>`), FormatError)
    })

  test('never reads what a DOCTYPE declares, be it a billion laughs or a file', () => {
    const laughs = Array.from({ length: 9 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`).join('')
    refuses(`<!DOCTYPE r [<!ENTITY l0 "ha">${laughs}]>\n<r a="&l9;"/>`, 1, /declares entities/)
    refuses('\n<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]><r/>', 2, /declares entities/)
    refuses('<!DOCTYPE r SYSTEM "http://127.0.0.1/x" [<!ENTITY % p SYSTEM "y">%p;]><r/>', 1, /declares entities/)
    assert.deepEqual(tagsOf('<!DOCTYPE r PUBLIC "-//x" "http://127.0.0.1:1/x.dtd"><r/>'), ['+r 1', '-r', 'whole'])
    refuses(`<!DOCTYPE r ${' '.repeat(2000)}><r/>`, 1, /DOCTYPE is not well formed/)
  })

  test('names the line of what is not well formed', () => {
    refuses('<r>\n<a>\n</b></r>', 3, /<\/b> stands where <a> is open/)
    refuses('<r>\n</r>\n<r/>', 3, /more than one scan/)
    refuses('<r>\n<a b=1/></r>', 2, /<a> is not well formed/)
    refuses('<r a="1"b="2"/>', 1, /<r> is not well formed/)
    refuses('<r a="<"/>', 1, /<r> is not well formed/)
    refuses('<r a="1"\n a="2"/>', 1, /two attributes of the name a/)
    refuses('text <r/>', 1, /outside of the root/)
    refuses('<r/>\nmore', 1, /outside of the root/)
    refuses('<r>\n<!ELEMENT r></r>', 2, /declaration/)
    refuses('<r>< a/></r>', 1, /begins no tag/)
    refuses('</r>', 1, /nothing is open/)
    refuses('<r></ r></r>', 1, /end tag is not well formed/)
  })

  test('has bounds for depth and attributes', () => {
    const deep = (levels: number): string => '<a>'.repeat(levels) + '</a>'.repeat(levels)
    assert.equal(tagsOf(deep(LIMITS.xmlDepth)).at(-1), 'whole')
    refuses(deep(LIMITS.xmlDepth + 1), 1, /nested more than 64/)
    const wide = (count: number): string => `<a ${Array.from({ length: count }, (_, at) => `a${at}="1"`).join(' ')}/>`
    assert.equal(tagsOf(wide(LIMITS.xmlAttributes)).at(-1), 'whole')
    refuses(wide(LIMITS.xmlAttributes + 1), 1, /more than 64 attributes/)
  })

  test('says of a text that is cut anywhere that it is, with the tags before', () => {
    const text = `<?xml version="1.0"?><!DOCTYPE r SYSTEM 'x'><!-- c --><r a="1" b = '2'>t<![CDATA[x]]><a x="&lt;" /><b></b ></r>`
    const whole = tagsOf(text)
    for (let end = 0; end < text.length; end += 1) {
      const tags = tagsOf(text.slice(0, end))
      assert.equal(tags.at(-1), 'cut', text.slice(0, end))
      assert.deepEqual(tags.slice(0, -1), whole.slice(0, tags.length - 1))
    }
  })

  test('takes time in proportion to the text, whatever it is of', () => {
    const part = 'x'.repeat(200_000)
    const texts = [
      `<r a="${part}`,
      `<r ${' '.repeat(200_000)}`,
      `<r ${part}`,
      `<r>${'<a/>'.repeat(50_000)}`,
      `<!DOCTYPE ${part}`,
    ]
    const started = performance.now()
    for (const text of texts)
      try {
        tagsOf(text)
      } catch (error) {
        assert.ok(error instanceof FormatError)
      }
    assert.ok(performance.now() - started < 2000)
  })

  test('gives back each attribute that was written with escapes', () => {
    const escape = (text: string): string =>
      text.replace(/[&<"\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`)
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        fc.pre(!value.includes('\0'))
        assert.equal(attributeOf(`<r a="${escape(value)}"/>`), value)
      }),
    )
  })
})
