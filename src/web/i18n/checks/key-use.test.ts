import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keyUseOf } from './key-use.ts'

test('a key is used where a source names it, or a template that fits it', () => {
  const use = keyUseOf([
    "t('port.title'), x('elsewhere.title')",
    'view.t(`common.status.${status}`, { a })',
    'view.t(`common.error.${error}.title`)',
  ])
  assert.equal(use.has('port.title'), true)
  assert.equal(use.has('common.status.assigned'), true)
  assert.equal(use.has('common.error.notFound.title'), true)
  assert.equal(use.has('common.error.notFound.text'), false)
  assert.equal(use.has('common.status'), false)
  assert.equal(use.has('port.titles'), false)
  assert.equal(use.has('elsewhere.title'), false)
})

test('a full stop in a template is a full stop, not any letter', () => {
  assert.equal(keyUseOf(['`port.range.${name}`']).has('port.rangexname'), false)
})
