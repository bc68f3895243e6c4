import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseCgroup } from './cgroup.ts'

const ID = '4f1c0ffee0b5d2a39e7788990011223344556677889900aabbccddeeff001122'
const SHORT = '4f1c0ffee0b5'
const POD = 'kubepods-burstable-pod0a1b2c3d_4e5f_6071_8293_a4b5c6d7e8f9.slice'

const containers: readonly [string, string][] = [
  [`0::/system.slice/docker-${ID}.scope`, `docker ${SHORT}`],
  [`0::/docker/${ID}`, `docker ${SHORT}`],
  [`0::/user.slice/user-1000.slice/user@1000.service/user.slice/docker-${ID}.scope`, `docker ${SHORT}`],
  [`0::/docker/${ID}/system.slice/nginx.service`, `docker ${SHORT}`],
  [`0::/machine.slice/libpod-${ID}.scope/container`, `podman ${SHORT}`],
  [`0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope`, `podman ${SHORT}`],
  [`0::/libpod_parent/libpod-${ID}`, `podman ${SHORT}`],
  [`0::/kubepods.slice/kubepods-burstable.slice/${POD}/cri-containerd-${ID}.scope`, `containerd ${SHORT}`],
  [`0::/system.slice/containerd.service/${POD}:cri-containerd:${ID}`, `containerd ${SHORT}`],
  [`0::/kubepods.slice/kubepods-burstable.slice/${POD}/crio-${ID}.scope`, `cri-o ${SHORT}`],
  [`0::/kubepods.slice/kubepods-burstable.slice/${POD}/docker-${ID}.scope`, `docker ${SHORT}`],
  [`0::/kubepods/burstable/pod0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9/${ID}`, `kubernetes ${SHORT}`],
  ['0::/lxc.payload.web/system.slice/nginx.service', 'lxc web'],
  ['0::/lxc/web', 'lxc web'],
  ['0::/lxc.payload/web', 'lxc web'],
  ['0::/machine.slice/machine-web.scope', 'machine web'],
  [String.raw`0::/machine.slice/systemd-nspawn@build\x2dbox.service/payload`, 'machine build-box'],
  [String.raw`0::/machine.slice/machine-qemu\x2d1\x2dvm.scope/libvirt/emulator`, 'machine qemu-1-vm'],
]
for (const [line, container] of containers) {
  test(`finds the container of ${line}`, () => {
    assert.deepEqual(parseCgroup(`${line}\n`), { unit: null, container })
    // Version 1 has a line for each controller, and not all of them need name the container.
    const path = line.slice(line.indexOf('::') + 2)
    const first = `12:pids:/system.slice/sshd.service\n4:memory:/\n1:name=systemd:${path}\n0::/\n`
    assert.deepEqual(parseCgroup(first), { unit: null, container })
  })
}

const units: readonly [string, string | null][] = [
  ['0::/system.slice/ssh.service', 'ssh.service'],
  ['0::/system.slice/system-getty.slice/getty@tty1.service', 'getty@tty1.service'],
  ['0::/system.slice/ssh.socket', 'ssh.socket'],
  ['0::/init.scope', 'init.scope'],
  ['0::/user.slice/user-1000.slice/session-3.scope', 'session-3.scope'],
  ['0::/user.slice/user-1000.slice/user@1000.service', 'user@1000.service'],
  ['0::/user.slice/user-1000.slice/user@1000.service/init.scope', 'init.scope'],
  ['0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-firefox@1.service/pids', 'app-firefox@1.service'],
  [String.raw`0::/system.slice/app-gnome\x2dterminal\x2d4711.scope`, 'app-gnome-terminal-4711.scope'],
  [String.raw`0::/system.slice/caf\xc3\xa9.service`, 'café.service'],
  ['4:memory:/system.slice/cron.service', 'cron.service'],
  ['1:name=systemd:/system.slice/a:b.service', 'a:b.service'],
  // What the runtimes themselves run as is outside of every container.
  ['0::/system.slice/docker.service', 'docker.service'],
  ['0::/system.slice/lxc.service', 'lxc.service'],
  ['0::/lxc.monitor.web', null],
  [`0::/machine.slice/libpod-conmon-${ID}.scope`, `libpod-conmon-${ID}.scope`],
  ['0::/system.slice', null],
  ['0::/', null],
]
for (const [line, unit] of units) {
  test(`finds ${unit ?? 'no unit'} in ${line}`, () => {
    assert.deepEqual(parseCgroup(`${line}\n`), { unit, container: null })
  })
}

test('takes the first unit that a line of version 1 names', () => {
  const text = '9:name=systemd:/system.slice/a.service\n8:pids:/\n7:cpu,cpuacct:/system.slice/b.service\n0::/\n'
  assert.deepEqual(parseCgroup(text), { unit: 'a.service', container: null })
})

test('finds nothing in empty and malformed text', () => {
  for (const text of ['', '\n', ':', '::', '0:', '0::', 'garbage', '0::relative', '\0\0']) {
    assert.deepEqual(parseCgroup(text), { unit: null, container: null })
  }
})

test('never throws, and never finds both a unit and a container', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const { unit, container } = parseCgroup(`0::/${text}`)
      return unit === null || container === null
    }),
  )
})

test('reads back every unit whose name is escaped as systemd does', () => {
  const escape = (name: string): string =>
    [...Buffer.from(name)]
      .map((each) => {
        const char = String.fromCharCode(each)
        return /[a-z0-9_]/i.test(char) ? char : `\\x${each.toString(16).padStart(2, '0')}`
      })
      .join('')
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
      const text = `0::/system.slice/app-${escape(name)}.service\n`
      assert.deepEqual(parseCgroup(text), { unit: `app-${name}.service`, container: null })
    }),
  )
})

test('passes over a path longer than the kernel has, in little time', () => {
  const { unit, container } = parseCgroup(`0::${'/kubepods'.repeat(200_000)}/x.service`)
  assert.deepEqual([unit, container], [null, null])
})
