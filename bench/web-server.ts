/** The program as it serves pages alone, for what measures them. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'

export interface Running {
  readonly origin: string
  readonly child: ChildProcess
}

/** Ready to answer; `data` is its own folder. */
export async function startPortolan(portolan: string, data: string): Promise<Running> {
  const words = ['serve', '--netinfo', '127.0.0.1:0', '--binder', 'none', '--portmap', 'none', '--http', '127.0.0.1:0']
  const child = spawn(process.execPath, [portolan, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PORTOLAN_DATA: data },
  })
  const origin = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      const found = /http:\/\/\S+?:\d+/.exec(text)
      if (found !== null) resolve(found[0])
    })
    child.once('exit', () => reject(new Error(`the server ended before it was ready: ${text}`)))
  })
  return { origin, child }
}
