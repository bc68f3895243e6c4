/** What a visitor can say of a page, the best first. */
export const VERDICTS = ['yes', 'partly', 'no'] as const
export type Verdict = (typeof VERDICTS)[number]
