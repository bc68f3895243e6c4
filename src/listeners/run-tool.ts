/** Runs one of the system's own programs and returns what it printed. */
import { execFile } from 'node:child_process'
import { LIMITS, PortolanError, messageOf } from '../core/index.ts'

const TIMEOUT_MS = 30_000

/**
 * Runs a program without a shell, in the C locale, within limits of time and output.
 * @param mayFail true for programs that end with 1 when they found nothing, or not everything.
 * @throws ERR_PORTOLAN_TOOL_FAILED
 */
export function runTool(program: string, args: readonly string[], mayFail = false): Promise<string> {
  const options = {
    env: { ...process.env, LC_ALL: 'C', LANG: 'C' },
    maxBuffer: LIMITS.toolBytes,
    timeout: TIMEOUT_MS,
    windowsHide: true,
  }
  return new Promise((resolve, reject) => {
    execFile(program, [...args], options, (error, stdout, stderr) => {
      if (error === null || (mayFail && error.code === 1)) return resolve(stdout)
      const said = stderr.trim().split('\n', 1)[0] ?? ''
      reject(
        new PortolanError('ERR_PORTOLAN_TOOL_FAILED', `${program} failed: ${said === '' ? messageOf(error) : said}`, {
          hint: `Portolan reads this machine's sockets with ${program}: see that it is installed, in PATH, and allowed.`,
          cause: error,
        }),
      )
    })
  })
}
