/** All engines of the probe, held to one suite. */
import { test } from 'node:test'
import { openLibC } from '../src/probe/engine/libc.ts'
import { maySendSyns } from '../src/probe/engine/syn-sockets.ts'
import { requireRoot, requireThat } from './support/peers.ts'
import { testProbeEngine } from './support/probe-contract.ts'

testProbeEngine('node')
const libc = openLibC()
if (libc !== null) testProbeEngine('native')
else
  test('the native engine of the probe', (context) =>
    void requireThat(context, false, 'Linux on x64 or arm64 and koffi'))
if (libc !== null && maySendSyns(libc)) testProbeEngine('raw')
else test('the raw engine of the probe', (context) => void requireRoot(context))
