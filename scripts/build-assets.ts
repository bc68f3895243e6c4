/** Makes what pages load, in data/assets: styles and islands, small, compressed, each named for its content. */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { transform } from 'lightningcss'
import { build } from 'rolldown'

const root = join(import.meta.dirname, '..')
const islands = join(root, 'src', 'web', 'islands')
const styles = join(root, 'src', 'web', 'styles')
const target = join(root, 'data', 'assets')
/** Browsers of the last three years: `light-dark()` and nesting are in all of them. */
const BROWSERS = { chrome: 123 << 16, firefox: 120 << 16, safari: (17 << 16) | (5 << 8) }
/** Less gain than this is not worth a second file. */
const SMALLER_BY = 0.9

const folder = `${target}.new`
const manifest: Record<string, string> = {}

function put(name: string, content: Buffer): void {
  const hash = createHash('sha256').update(content).digest('base64url').slice(0, 10)
  const at = name.lastIndexOf('.')
  emit(name, `${name.slice(0, at)}.${hash}${name.slice(at)}`, content)
}

function emit(name: string, file: string, content: Buffer): void {
  manifest[name] = file
  writeFileSync(join(folder, file), content)
  const gzip = gzipSync(content, { level: 9 })
  const brotli = brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })
  if (gzip.length < content.length * SMALLER_BY) writeFileSync(join(folder, `${file}.gz`), gzip)
  if (brotli.length < content.length * SMALLER_BY) writeFileSync(join(folder, `${file}.br`), brotli)
}

function filesIn(path: string, ending: string): string[] {
  return readdirSync(path)
    .filter((name) => name.endsWith(ending))
    .toSorted()
    .map((name) => join(path, name))
}

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })

const css = filesIn(styles, '.css').map((file) => readFileSync(file, 'utf8'))
put(
  'site.css',
  Buffer.from(
    transform({ filename: 'site.css', code: Buffer.from(css.join('\n')), minify: true, targets: BROWSERS }).code,
  ),
)
for (const file of filesIn(styles, '.svg')) put(basename(file), readFileSync(file))

const { output } = await build({
  cwd: root,
  input: filesIn(islands, '.island.ts'),
  platform: 'browser',
  tsconfig: join(islands, 'tsconfig.json'),
  write: false,
  output: { format: 'esm', minify: true, entryFileNames: '[name].[hash].js', chunkFileNames: '[name].[hash].js' },
})
for (const part of output) {
  if (part.type !== 'chunk') continue
  emit(part.isEntry ? `${part.name.replace('.island', '')}.js` : part.fileName, part.fileName, Buffer.from(part.code))
}

writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest, null, 2))
rmSync(target, { recursive: true, force: true })
renameSync(folder, target)
