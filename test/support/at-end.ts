/** What a test has to end, ended in the reverse order: `after` itself would close a store before its users. */
import type { TestContext } from 'node:test'

type Context = Pick<TestContext, 'after'>
type End = () => unknown

const ends = new WeakMap<Context, End[]>()

export function atEnd(context: Context, end: End): void {
  const known = ends.get(context)
  if (known !== undefined) {
    known.push(end)
    return
  }
  const list = [end]
  ends.set(context, list)
  context.after(async () => {
    for (const each of list.toReversed()) await each()
  })
}
