/** The registry and the lore of the checkout, whatever data the user who runs the tests keeps. */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLore, openRegistry } from '../../src/registry/index.ts'
import type { LoreBook, Registry } from '../../src/registry/index.ts'

export function packagedRegistry(): Registry {
  return openRegistry({ PORTOLAN_DATA: join(tmpdir(), `portolan-test-no-data-${process.pid}`) }).registry
}

export function packagedLore(): LoreBook {
  return openLore()
}
