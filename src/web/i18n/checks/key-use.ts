/** Which messages the pages ask for: each key named in the source, as it is or by a template. */
import { AREAS } from '../catalogue.ts'

const AREA = `(?:${AREAS.join('|')})`
const LITERALS = new RegExp(`'(${AREA}\\.[^'\\\\]+)'`, 'g')
const TEMPLATES = new RegExp(`\`(${AREA}\\.(?:[^\`\\\\$]|\\$\\{[^}]*\\})*)\``, 'g')

export interface KeyUse {
  has(key: string): boolean
}

/** Reads sources; a value in a template (`common.status.${status}`) stands for any name. */
export function keyUseOf(sources: readonly string[]): KeyUse {
  const keys = new Set(sources.flatMap((source) => [...source.matchAll(LITERALS)].map(([, key]) => key ?? '')))
  const patterns = new Set(
    sources.flatMap((source) => [...source.matchAll(TEMPLATES)].map(([, template]) => template ?? '')),
  )
  const templates = [...patterns].map(
    (template) =>
      new RegExp(
        `^${template
          .split(/\$\{[^}]*\}/)
          .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
          .join('.+')}$`,
      ),
  )
  return { has: (key) => keys.has(key) || templates.some((each) => each.test(key)) }
}
