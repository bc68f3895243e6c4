/** The parts of queries and paths, each with the JSON Schema that the document shows for it. */
import * as v from 'valibot'
import { PORT_MAX } from '../../registry/index.ts'

/** What a parameter is to a reader of the document; the text itself is what valibot checks. */
export interface ParameterFacts {
  readonly json: Readonly<Record<string, unknown>>
  /** Several may be given: `port=80&port=443`. */
  readonly isRepeatable: boolean
  readonly example?: string
}

const factsSchema = v.object({
  json: v.record(v.string(), v.unknown()),
  isRepeatable: v.boolean(),
  example: v.exactOptional(v.string()),
})

type TextTo<Output> = v.GenericSchema<string, Output>

/** The facts of a parameter; those of a plain text where it was made without. */
export function factsOf(schema: v.GenericSchema): ParameterFacts {
  const found = v.safeParse(factsSchema, v.getMetadata(schema))
  return found.success ? found.output : { json: { type: 'string' }, isRepeatable: false }
}

function facts(json: ParameterFacts['json'], example?: string): Record<string, unknown> {
  return { json, isRepeatable: false, ...(example === undefined ? {} : { example }) }
}

/** A whole number in decimal digits. */
export function whole(min: number, max: number, description: string, example?: string): TextTo<number> {
  return v.pipe(
    v.string(),
    v.regex(/^(?:0|[1-9]\d{0,15})$/, 'it is not a whole number'),
    v.transform(Number),
    v.minValue(min, `it is below ${min}`),
    v.maxValue(max, `it is above ${max}`),
    v.description(description),
    v.metadata(facts({ type: 'integer', minimum: min, maximum: max }, example)),
  )
}

export function portParameter(description: string): TextTo<number> {
  return whole(0, PORT_MAX, description, '973')
}

/** One of some words. */
export function choice<const Words extends readonly string[]>(
  words: Words,
  description: string,
): TextTo<Words[number]> {
  return v.pipe(
    v.string(),
    v.picklist(words, `it is none of ${words.join(', ')}`),
    v.description(description),
    v.metadata(facts({ type: 'string', enum: [...words] })),
  )
}

/** `true` or `false`. */
export function flag(description: string): TextTo<boolean> {
  return v.pipe(
    v.string(),
    v.picklist(['true', 'false'], 'it is neither true nor false'),
    v.transform((word) => word === 'true'),
    v.description(description),
    v.metadata(facts({ type: 'boolean' })),
  )
}

/** A text of a length; control characters are never part of one. */
export function text(maxChars: number, description: string, example?: string): TextTo<string> {
  return v.pipe(
    v.string(),
    v.minLength(1, 'it is empty'),
    v.maxLength(maxChars, `it has more than ${maxChars} characters`),
    v.regex(/^[^\p{Cc}]*$/u, 'it holds a control character'),
    v.description(description),
    v.metadata(facts({ type: 'string', minLength: 1, maxLength: maxChars }, example)),
  )
}

/** Several of something, in one text with commas or in several parameters. */
export function many<Output>(
  item: TextTo<Output>,
  max: number,
): v.GenericSchema<string | readonly string[], readonly Output[]> {
  const { json, example } = factsOf(item)
  return v.pipe(
    v.union([v.string(), v.array(v.string())]),
    v.transform((given) => [given].flat().flatMap((each) => each.split(','))),
    v.maxLength(max, `there are more than ${max}`),
    v.array(item),
    v.description(v.getDescription(item) ?? ''),
    v.metadata({
      json: { type: 'array', items: json, maxItems: max },
      isRepeatable: true,
      ...(example === undefined ? {} : { example }),
    }),
  )
}
