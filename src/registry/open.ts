/** Opens the data files: the ones this user updated, else those that came with Portolan. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PortolanError, messageOf, packagedDataFolder, systemCode, userDataFolder } from '../core/index.ts'
import type { Environment } from '../core/index.ts'
import { verifyChecksum } from './index-file.ts'
import { LoreBook } from './lore-file.ts'
import { Registry } from './registry.ts'

export const REGISTRY_FILE = 'registry.bin'
export const PREVIOUS_FILE = 'registry.previous.bin'
const LORE_FILE = 'lore.bin'

/** An open registry and the file it came from. */
export interface OpenedRegistry {
  readonly registry: Registry
  readonly file: string
  /** True when the user's own update is in use, false for the data that came with Portolan. */
  readonly isUpdated: boolean
}

/**
 * Opens the registry in use.
 * @throws ERR_PORTOLAN_REGISTRY_DATA_MISSING, ERR_PORTOLAN_REGISTRY_DATA_DAMAGED
 */
export function openRegistry(env: Environment = process.env): OpenedRegistry {
  const own = join(userDataFolder(env), REGISTRY_FILE)
  const updated = readIfThere(own)
  if (updated !== null) return { registry: new Registry(updated, own), file: own, isUpdated: true }
  return openPackagedRegistry()
}

/**
 * Opens the registry that came with Portolan.
 * @throws ERR_PORTOLAN_REGISTRY_DATA_MISSING, ERR_PORTOLAN_REGISTRY_DATA_DAMAGED
 */
export function openPackagedRegistry(): OpenedRegistry {
  const file = join(packagedDataFolder(), REGISTRY_FILE)
  const bytes = readData(file)
  return { registry: new Registry(bytes, file), file, isUpdated: false }
}

/**
 * Opens a compiled registry after comparing every byte with its checksum.
 * @throws ERR_PORTOLAN_REGISTRY_DATA_MISSING, ERR_PORTOLAN_REGISTRY_DATA_DAMAGED
 */
export async function openVerified(file: string): Promise<Registry> {
  const bytes = readData(file)
  const registry = new Registry(bytes, file)
  await verifyChecksum(bytes, file)
  return registry
}

/**
 * Opens the lore.
 * @throws ERR_PORTOLAN_LORE_DAMAGED
 */
export function openLore(): LoreBook {
  return new LoreBook(join(packagedDataFolder(), LORE_FILE))
}

function readData(file: string): Buffer {
  const bytes = readIfThere(file)
  if (bytes !== null) return bytes
  throw new PortolanError('ERR_PORTOLAN_REGISTRY_DATA_MISSING', `${file} is not there`, {
    hint: "In a checkout run 'npm start', which compiles it; otherwise install Portolan again.",
  })
}

function readIfThere(file: string): Buffer | null {
  // Most have no update of their own, and an exception takes ten times as long as this question.
  if (!existsSync(file)) return null
  try {
    return readFileSync(file)
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return null
    throw new PortolanError('ERR_PORTOLAN_REGISTRY_DATA_DAMAGED', `${file} cannot be read: ${messageOf(error)}`, {
      hint: 'Give this user the right to read it, or set PORTOLAN_DATA to another folder.',
      cause: error,
    })
  }
}
