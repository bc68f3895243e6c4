import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { jsonLd } from './structured-data.ts'

test('no text ends a block of data, and all of it can be read back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.constantFrom('</script>', '<!--', '<script', '\u2028')), async (text) => {
      const made = String(await jsonLd({ text }))
      const content = /^<script type="application\/ld\+json">([^]*)<\/script>$/.exec(made)?.[1] ?? ''
      assert.ok(!content.includes('<'))
      assert.deepEqual(JSON.parse(content), { text })
    }),
  )
})
