/** Both engines of the probe, held to one suite. */
import { test } from 'node:test'
import { openLibC } from '../src/probe/engine/libc.ts'
import { requireThat } from './support/peers.ts'
import { testProbeEngine } from './support/probe-contract.ts'

testProbeEngine('node')
if (openLibC() !== null) testProbeEngine('native')
else
  test('the native engine of the probe', (context) =>
    void requireThat(context, false, 'Linux on x64 or arm64 and koffi'))
