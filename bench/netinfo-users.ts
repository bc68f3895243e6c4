/** The domain that the directory's benchmarks ask: N users with what a user mostly has, and what its server must know. */
import { DataFolder, hashPassword } from '../src/directory/index.ts'
import type { DirectoryObject, Properties } from '../src/directory/index.ts'
import type { ServerOptions } from '../src/netinfo/index.ts'

export const TAG = 'bench'
/** The directory that holds the users; theirs are the numbers from FIRST_USER on. */
export const USERS = 1
export const FIRST_USER = 2
/** The format of a user's name, as rpc-load takes it. */
export const NAME_FORMAT = 'user%d'
/** Where `realname` stands in a user's properties. */
export const REALNAME = 4
/** Of the first user, whose uid is 0: who writes in the benchmarks. */
const PASSWORD = 'bench'
/** A value of the length that crypt(3) makes; nobody logs in with it. */
const NO_PASSWORD = 'xXxXxXxXxXxXx'

function propertiesOf(user: number, passwd: string): Properties {
  return [
    { name: 'name', values: [`user${user}`] },
    { name: 'passwd', values: [passwd] },
    { name: 'uid', values: [String(user)] },
    { name: 'gid', values: ['20'] },
    { name: 'realname', values: [`User Number ${user}`] },
    { name: 'home', values: [`/Users/user${user}`] },
    { name: 'shell', values: ['/bin/zsh'] },
    { name: '_writers_passwd', values: [`user${user}`] },
  ]
}

/** Each directory before its children, as READALL sends them. */
async function* objectsOf(count: number): AsyncGenerator<DirectoryObject, void, undefined> {
  const machines = FIRST_USER + count
  const directory = (object: number, parent: number, name: string, children: readonly number[]): DirectoryObject => ({
    id: { object, instance: 1 },
    properties: [{ name: 'name', values: [name] }],
    parent,
    children,
  })
  const master = { name: 'master', values: [`localhost/${TAG}`] }
  yield { id: { object: 0, instance: 1 }, properties: [master], parent: 0, children: [USERS, machines] }
  const users = Array.from({ length: count }, (_, index) => FIRST_USER + index)
  yield directory(USERS, 0, 'users', users)
  const passwd = await hashPassword(PASSWORD)
  for (const object of users) {
    const properties = propertiesOf(object - FIRST_USER, object === FIRST_USER ? passwd : NO_PASSWORD)
    yield { id: { object, instance: 1 }, properties, parent: USERS, children: [] }
  }
  yield directory(machines, 0, 'machines', [machines + 1])
  const { properties, ...server } = directory(machines + 1, machines, 'localhost', [])
  const where = [
    { name: 'ip_address', values: ['127.0.0.1'] },
    { name: 'serves', values: [`./${TAG}`] },
  ]
  yield { ...server, properties: [...properties, ...where] }
}

/**
 * Builds a domain of so many users in a folder, as a clone takes a copy of its master's.
 * @returns the seconds that it took
 */
export async function buildUsers(folder: string, count: number): Promise<number> {
  const domain = await new DataFolder(folder).open(TAG)
  const startedMs = performance.now()
  // Σ (object + 1) × instance over objects 0 to count + 3, each of instance 1.
  const last = count + 4
  await domain.replaceAll(objectsOf(count), ((last * (last + 1)) / 2) % 2 ** 32, 'bench')
  await domain.close()
  return (performance.now() - startedMs) / 1000
}

/** What AUTH_UNIX carries for the user whose uid is 0 (protocol.md §8.2): the password, each byte inverted. */
export function superuserCredential(): NonNullable<ServerOptions['credential']> {
  const machineName = Buffer.from(Array.from(PASSWORD, (letter) => ~letter.charCodeAt(0) & 0xff))
  return { stamp: 0, machineName, uid: 0, gid: 0, gids: [] }
}
