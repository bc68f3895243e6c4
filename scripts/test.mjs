// `npm test`: sets up what is missing, Debian's test peers included where root allows, then runs every check in order.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { projectNode, root, run, setUp } from './set-up.mjs'

/** What tests compare with: programs, or files by their path, and Debian's packages that have them. */
const PEERS = [
  ['ss', 'iproute2'],
  ['ip', 'iproute2'],
  ['lsof', 'lsof'],
  ['netstat', 'net-tools'],
  ['cc', 'gcc'],
  ['/usr/include/stdio.h', 'libc6-dev'],
  ['rpcgen', 'rpcsvc-proto'],
  ['/usr/include/tirpc/rpc/rpc.h', 'libtirpc-dev'],
  ['rpcinfo', 'rpcbind'],
  ['iptables', 'iptables'],
  ['perl', 'perl'],
  ['sshd', 'openssh-server'],
  ['nginx', 'nginx-light'],
  ['openssl', 'openssl'],
  ['redis-server', 'redis-server'],
  ['pg_lsclusters', 'postgresql'],
  ['slapd', 'slapd'],
  ['nmap', 'nmap'],
  ['ndiff', 'ndiff'],
  ['xmllint', 'libxml2-utils'],
  ['masscan', 'masscan'],
  ['chromium', 'chromium'],
]

function isThere(program) {
  if (program.startsWith('/')) return existsSync(program)
  return (process.env.PATH ?? '').split(':').some((folder) => folder !== '' && existsSync(join(folder, program)))
}

/** Without root, or elsewhere than on Debian, the tests that need a missing peer say so and are skipped (in CI they fail). */
function installPeers() {
  const missing = [...new Set(PEERS.filter(([program]) => !isThere(program)).map(([, name]) => name))]
  if (missing.length === 0 || process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).error) return
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  if (run('apt-get', ['-q', 'update'], { env }) === 0)
    run('apt-get', ['-q', 'install', '-y', '--no-install-recommends', ...missing], { env })
}

const bin = (name) => join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name)
const STEPS = [
  ['types', bin('tsc'), ['-p', '.']],
  ['types', bin('tsc'), ['-p', join('src', 'web', 'islands')]],
  ['format', bin('oxfmt'), ['--check', '.']],
  ['lint', bin('oxlint'), ['--type-aware', '--deny-warnings', '.']],
  ['arrows', projectNode, [join('scripts', 'check-arrows.ts')]],
  ['tests', projectNode, ['--test', '--test-reporter=spec', 'src/**/*.test.ts', 'test/**/*.test.ts']],
]

setUp()
installPeers()
const named = process.argv.slice(2)
for (const [name, program, args] of STEPS) {
  if (named.length > 0 && !named.includes(name)) continue
  process.stderr.write(`\n${name}\n`)
  const status = run(program, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) {
    process.stderr.write(`\n${name} failed.\n`)
    process.exit(status)
  }
}
