/** The files that pages load: styles, islands, pictures; made by scripts/build-assets.ts, each named for its content. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { PortolanError, messageOf, packagedDataFolder } from '../core/index.ts'

const manifestSchema = v.record(v.string(), v.string())

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  png: 'image/png',
  svg: 'image/svg+xml',
  ttf: 'font/ttf',
  wasm: 'application/wasm',
}

export interface Asset {
  readonly type: string
  readonly bytes: Buffer<ArrayBuffer>
  /** The same, compressed when it was built; absent where that made nothing smaller. */
  readonly gzip?: Buffer<ArrayBuffer>
  readonly brotli?: Buffer<ArrayBuffer>
}

export class Assets {
  readonly #names: Readonly<Record<string, string>>
  readonly #files: ReadonlyMap<string, Asset>

  private constructor(names: Readonly<Record<string, string>>, files: ReadonlyMap<string, Asset>) {
    this.#names = names
    this.#files = files
  }

  /**
   * Reads all of them into memory: they are few, and small.
   * @throws ERR_PORTOLAN_ASSETS_MISSING
   */
  static open(folder: string = join(packagedDataFolder(), 'assets')): Assets {
    try {
      const names = v.parse(manifestSchema, JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')))
      const files = Object.values(names).map((file) => [file, readAsset(folder, file)] as const)
      return new Assets(names, new Map(files))
    } catch (error) {
      throw new PortolanError(
        'ERR_PORTOLAN_ASSETS_MISSING',
        `${folder} does not hold the files of the pages: ${messageOf(error)}`,
        { hint: "In a checkout run 'npm start', which makes them; otherwise install Portolan again.", cause: error },
      )
    }
  }

  /** The address of a file by its plain name: `site.css`. */
  href(name: string): string {
    const file = this.#names[name]
    if (file === undefined) throw new Error(`no asset is named ${name}`)
    return `/assets/${file}`
  }

  /** A file by the name in its address; undefined where there is none. */
  find(file: string): Asset | undefined {
    return this.#files.get(file)
  }

  /** A file by its plain name. */
  get(name: string): Asset | undefined {
    return this.#files.get(this.#names[name] ?? '')
  }
}

function readAsset(folder: string, file: string): Asset {
  const path = join(folder, file)
  const type = TYPES[file.slice(file.lastIndexOf('.') + 1)] ?? 'application/octet-stream'
  const gzip = readIfThere(`${path}.gz`)
  const brotli = readIfThere(`${path}.br`)
  return {
    type,
    bytes: readFileSync(path),
    ...(gzip === undefined ? {} : { gzip }),
    ...(brotli === undefined ? {} : { brotli }),
  }
}

function readIfThere(path: string): Buffer<ArrayBuffer> | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}
