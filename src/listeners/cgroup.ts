/** What a process's control group tells: the systemd unit or the container that it belongs to. */
import { unescapeBytes } from './escapes.ts'

export interface GroupOwner {
  readonly unit: string | null
  readonly container: string | null
}

const CONTAINERS: readonly { readonly pattern: RegExp; readonly runtime: string }[] = [
  { pattern: /(?:^|\/)docker[-/]([0-9a-f]{12,64})(?:\.scope)?(?:\/|$)/, runtime: 'docker' },
  { pattern: /(?:^|\/)libpod-([0-9a-f]{12,64})(?:\.scope)?(?:\/|$)/, runtime: 'podman' },
  { pattern: /(?:^|[/:])cri-containerd[-:]([0-9a-f]{12,64})(?:\.scope)?(?:\/|$)/, runtime: 'containerd' },
  { pattern: /(?:^|\/)crio-([0-9a-f]{12,64})(?:\.scope)?(?:\/|$)/, runtime: 'cri-o' },
  { pattern: /(?:^|\/)kubepods[^/]*(?:\/[^/]+)*\/([0-9a-f]{64})(?:\/|$)/, runtime: 'kubernetes' },
  // Not `lxc.service` and `lxc.monitor.NAME`: those run outside.
  { pattern: /(?:^|\/)lxc(?:\.payload[./]|\/)([^/]+)(?:\/|$)/, runtime: 'lxc' },
  {
    pattern: /(?:^|\/)machine\.slice\/(?:machine-|systemd-nspawn@)(.+?)\.(?:scope|service)(?:\/|$)/,
    runtime: 'machine',
  },
]

/** No path of the kernel is longer. */
const PATH_MAX = 4096

/**
 * Reads /proc/PID/cgroup (cgroups(7)): lines `hierarchy:controllers:path`, one line `0::path` in version 2.
 * Where the lines of version 1 differ, a container's word counts before a unit's.
 */
export function parseCgroup(text: string): GroupOwner {
  const paths = text.split('\n').flatMap((line) => {
    const second = line.indexOf(':', line.indexOf(':') + 1)
    return second === -1 ? [] : [line.slice(second + 1, second + 1 + PATH_MAX)]
  })
  let unit: string | null = null
  for (const path of paths) {
    for (const { pattern, runtime } of CONTAINERS) {
      const id = pattern.exec(path)?.[1]
      if (id !== undefined)
        return {
          unit: null,
          container: `${runtime} ${/^[0-9a-f]{12,}$/.test(id) ? id.slice(0, 12) : unescapeBytes(id)}`,
        }
    }
    unit ??= unitOf(path)
  }
  return { unit, container: null }
}

/** The innermost unit of a path; slices only hold others, and `user@1000.service` only holds the user's own units. */
function unitOf(path: string): string | null {
  const units = path.split('/').filter((part) => /\.(service|scope|socket)$/.test(part))
  return units.at(-1) === undefined ? null : unescapeBytes(units.at(-1) ?? '')
}
