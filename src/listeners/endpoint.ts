/** Endpoints as lsof and netstat print them: `*:22`, `127.0.0.1:631`, `[::1]:631`, `[fe80::1%en0]:1900`. */

export interface Endpoint {
  readonly address: string
  readonly port: number
}

/** Null for another form, or where the port is `*`, which is none. */
export function parseEndpoint(text: string): Endpoint | null {
  const match = /^(?:\[([0-9a-f:.]+(?:%[^\]\s]{1,64})?)\]|([0-9]{1,3}(?:\.[0-9]{1,3}){3})|(\*)):(\d{1,5})$/i.exec(text)
  if (match === null) return null
  const port = Number(match[4])
  const address = match[1] ?? match[2] ?? match[3] ?? ''
  return port > 65_535 ? null : { address, port }
}
