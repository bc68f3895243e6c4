/** The processes that this one was started from. */
import { readProcess } from './process-state.ts'
import { PS_ARGUMENTS, parsePs } from './ps.ts'
import { runTool } from './run-tool.ts'

/** The pids from a process's parent upwards; of Windows, the parent alone. */
export async function readAncestors(platform: NodeJS.Platform = process.platform): Promise<readonly number[]> {
  if (platform === 'win32') return [process.ppid]
  if (platform === 'linux') {
    const own = await readProcess(process.pid, platform)
    return own?.parents.map((parent) => parent.pid) ?? [process.ppid]
  }
  const rows = parsePs(await runTool('ps', PS_ARGUMENTS))
  const ancestors: number[] = []
  for (let pid = process.ppid; pid > 0 && !ancestors.includes(pid); pid = rows.get(pid)?.parent ?? 0)
    ancestors.push(pid)
  return ancestors
}
