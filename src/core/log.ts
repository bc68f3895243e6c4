/**
 * What a long-running process tells of itself: a line of JSON for each event, `{ time, level, event, … }`, with facts as fields.
 * Only the command line and servers log; modules return what happened, or tell it by a callback. Nothing secret is ever a field.
 */

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** `event` is a fixed phrase in kebab-case: `copy-received`. */
export type Log = (level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>) => void

/** A log that writes lines; what is less grave than `least` is left out. */
export function makeLog(write: (line: string) => void, least: LogLevel): Log {
  const limit = LOG_LEVELS.indexOf(least)
  return (level, event, fields = {}) => {
    if (LOG_LEVELS.indexOf(level) > limit) return
    write(`${JSON.stringify({ time: new Date().toISOString(), level, event, ...fields })}\n`)
  }
}
