/** Putting a copy of a domain, as `Store.backup` writes it, into the data folder. */
import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { PortolanError, messageOf, syncFile, syncFolder } from '../core/index.ts'
import { LmdbStore, refuseCutBackup } from '../store/index.ts'
import type { About } from './about.ts'
import { checkDomain } from './check.ts'
import type { DataFolder } from './data-folder.ts'
import { Domain } from './domain.ts'

/**
 * Checks the copy in a file, then puts it in place of a domain, at once.
 * @throws ERR_PORTOLAN_STORE_EXISTS, ERR_PORTOLAN_STORE_USED, ERR_PORTOLAN_STORE_UNREADABLE, ERR_PORTOLAN_STORE_VERSION; the data folder is then as before
 */
export async function restoreDomain(
  folder: DataFolder,
  tag: string,
  file: string,
  isReplacing: boolean,
): Promise<About> {
  const target = folder.fileOf(tag)
  if (existsSync(target) && !isReplacing)
    throw new PortolanError('ERR_PORTOLAN_STORE_EXISTS', `${target} is there already.`, {
      hint: 'Use --replace to lose what it holds, or --domain for another tag.',
    })
  mkdirSync(folder.path, { recursive: true, mode: 0o700 })
  const temporary = folder.temporaryOf(tag)
  try {
    copy(file, temporary)
    refuseCutBackup(temporary)
    const about = await checkCopy(temporary, tag)
    syncFile(temporary)
    if (existsSync(target)) await refuseUsed(target)
    folder.remove(tag)
    renameSync(temporary, target)
    syncFolder(dirname(target))
    return about
  } finally {
    LmdbStore.remove(temporary)
  }
}

/** A server would go on with the file that is no longer there. A file that is no store may be replaced by one. */
async function refuseUsed(target: string): Promise<void> {
  let store: LmdbStore | null = null
  try {
    store = LmdbStore.open(target)
  } catch (error) {
    if (error instanceof PortolanError) return
    throw error
  }
  const pids = store.otherProcesses()
  await store.close()
  if (pids.length === 0) return
  throw new PortolanError('ERR_PORTOLAN_STORE_USED', `${target} is in use by process ${pids.join(', ')}.`, {
    hint: 'End the server (portolan serve) first, then restore.',
  })
}

function copy(file: string, temporary: string): void {
  try {
    copyFileSync(file, temporary)
    chmodSync(temporary, 0o600)
  } catch (error) {
    throw new PortolanError('ERR_PORTOLAN_STORE_UNREADABLE', `${file}: ${messageOf(error)}`, {
      hint: 'Name a file that portolan backup wrote.',
      cause: error,
    })
  }
}

async function checkCopy(temporary: string, tag: string): Promise<About> {
  const domain = await Domain.open(LmdbStore.open(temporary), { tag })
  try {
    const problems = checkDomain(domain)
    if (problems.length > 0)
      throw new PortolanError('ERR_PORTOLAN_STORE_UNREADABLE', `The copy is damaged: ${problems[0] ?? ''}.`, {
        hint: 'Use an older copy.',
      })
    return domain.about()
  } finally {
    await domain.close()
  }
}
