/** The users of a Linux machine. */
import { readFileSync } from 'node:fs'

/** The names of /etc/passwd; a user without one is shown by number. */
export function userNames(passwd: string): (uid: number) => string {
  let names: Map<number, string> | null = null
  return (uid) => {
    names ??= parsePasswd(passwd)
    return names.get(uid) ?? String(uid)
  }
}

function parsePasswd(path: string): Map<number, string> {
  let text = ''
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    // Without the file, users are numbers.
  }
  const names = new Map<number, string>()
  for (const line of text.split('\n')) {
    const [name, , uid] = line.split(':')
    if (name !== undefined && uid !== undefined && /^\d+$/.test(uid) && !names.has(Number(uid)))
      names.set(Number(uid), name)
  }
  return names
}
