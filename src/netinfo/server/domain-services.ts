/**
 * What a domain's server does besides reading and writing its data: who may write, who is the parent, who are the other servers.
 *
 * It joins authenticate.ts, binding.ts, bind-answer.ts, replication.ts and statistics.ts to the services that the program
 * (netinfo-program.ts) asks for.
 */
import { STATUS } from '../../directory/index.ts'
import type { Properties } from '../../directory/index.ts'
import type { Binding } from '../handle.ts'
import type { CallHeader } from '../rpc-message.ts'
import { Authenticator } from './authenticate.ts'
import type { Authentication } from './authenticate.ts'
import { isChild } from './bind-answer.ts'
import { ParentFinder } from './binding.ts'
import type { BindingNetwork, ParentAnswer } from './binding.ts'
import type { ReplaceableDomain } from './domain-view.ts'
import { Machines } from './machines.ts'
import type { CallCounts, NetInfoServices } from './netinfo-program.ts'
import type { ReadAllAnswer } from './readall-policy.ts'
import type { ConnectReplica, OnReplicationEvent } from './replica-connection.ts'
import { Replication } from './replication.ts'
import type { RpcPeer } from './rpc-program.ts'
import type { RpcStats } from './rpc-server.ts'
import type { OwnServer } from './server-role.ts'
import { domainServersOf, fullStatistics, isShortForm, shortStatistics } from './statistics.ts'
import type { WriteLock } from './statistics.ts'
import type { Timers } from './timers.ts'
import { tunablesReader } from './tunables-reader.ts'
import type { Tunables } from './tunables.ts'
import { PasswordUpgrades } from './upgrade-passwords.ts'

export interface DomainServicesOptions {
  readonly domain: ReplaceableDomain
  readonly own: OwnServer
  /** This machine's addresses but those of the loopback. */
  readonly addresses: () => readonly string[]
  readonly hostName: string
  readonly version: string
  readonly connections: () => RpcStats
  readonly isTrusted: (peer: RpcPeer) => boolean
  readonly connect: ConnectReplica
  readonly network: BindingNetwork
  /** Servers of the parent, in place of those in `/machines`; none: there is no parent. */
  readonly parentServers?: readonly Binding[]
  readonly timers: Timers
  /** From 0 up to, and without, 1. */
  readonly random: () => number
  readonly onEvent: OnReplicationEvent
  /** True while writes are refused. */
  readonly isLocked?: () => boolean
}

export class DomainServices implements NetInfoServices {
  readonly tunables: () => Tunables
  readonly replication: Replication
  readonly #options: DomainServicesOptions
  readonly #machines: Machines
  readonly #authenticator: Authenticator
  readonly #upgrades: PasswordUpgrades
  readonly #parent: ParentFinder

  constructor(options: DomainServicesOptions) {
    const { domain, own, timers, random, network, parentServers, isLocked } = options
    this.#options = options
    this.tunables = tunablesReader(domain)
    const shared = { domain, machines: new Machines(domain), tunables: this.tunables, timers, random }
    this.#machines = shared.machines
    this.replication = new Replication({ ...shared, own, connect: options.connect, onEvent: options.onEvent })
    const isWanted = (): boolean => this.replication.role.kind === 'master' && !this.tunables().isServingCrypt
    this.#upgrades = new PasswordUpgrades({ domain, timers, isWanted })
    this.#authenticator = new Authenticator({
      ...shared,
      role: () => this.replication.role,
      clock: timers,
      onCryptPassword: (user, stored, password) => this.#upgrades.note(user, stored, password),
      ...(isLocked === undefined ? {} : { isLocked }),
    })
    this.#parent = new ParentFinder({
      ...shared,
      tag: own.tag,
      network,
      isOwnAddress: own.isOwnAddress,
      ...(parentServers === undefined ? {} : { servers: parentServers }),
    })
  }

  /** Begins to send to the clones, or to compare with the master; to be called when the server answers. */
  start(): void {
    this.replication.start()
  }

  /** Sends what the clones are owed, and ends; the domain stays open. */
  async stop(): Promise<void> {
    this.#parent.close()
    this.#upgrades.close()
    await this.replication.stop()
    this.#machines.close()
  }

  isTrusted(peer: RpcPeer): boolean {
    return this.#options.isTrusted(peer)
  }

  async authenticate(header: CallHeader, peer: RpcPeer): Promise<Authentication> {
    const answer = await this.#authenticator.authenticate(header, peer)
    if (!('caller' in answer) || (await this.replication.readyForUpdate())) return answer
    return { status: STATUS.MASTERBUSY }
  }

  async findParent(): Promise<ParentAnswer> {
    return this.#parent.find()
  }

  /** To be called when another program has written to the domain (`portolan load`, `nicl -raw`). */
  noticeForeignWrites(): void {
    this.replication.noticeForeignWrites()
  }

  /** Searches for the parent anew at the next question (SIGHUP). */
  forgetParent(): void {
    this.#parent.forget()
  }

  isChild(client: Binding): boolean {
    return isChild(this.#options.domain, client)
  }

  answerReadAll(checksum: number, peer: RpcPeer): ReadAllAnswer {
    return this.replication.answerReadAll(checksum, peer)
  }

  hearCrashed(checksum: number): void {
    this.replication.hearCrashed(checksum)
  }

  resync(): void {
    this.replication.resync()
  }

  failedUpdate(): void {
    this.replication.updateRefused()
  }

  statistics(header: CallHeader, calls: CallCounts): Properties {
    const { domain, own, addresses, hostName, version, connections } = this.#options
    if (isShortForm(header)) return shortStatistics(domain.checksum())
    const { role, master } = this.replication
    return fullStatistics({
      checksum: domain.checksum(),
      version,
      tag: own.tag,
      isMaster: role.kind === 'master',
      cloneCount: master?.cloneCount ?? 0,
      addresses: addresses(),
      hostName,
      domainServers: domainServersOf(this.#machines),
      writeLock: this.#writeLock(),
      tunables: this.tunables(),
      senders: master?.senders ?? 0,
      pending: master?.pending ?? 0,
      authentications: this.#authenticator.counts,
      cleanupMinutesLeft: master?.cleanupMinutesLeft ?? -1,
      binding: this.#parent.state,
      connections: connections(),
      calls,
    })
  }

  #writeLock(): WriteLock {
    if (this.replication.role.kind !== 'master') return this.replication.isTransferring ? 'transferring clone' : 'clone'
    return this.#options.isLocked?.() === true ? 'locked' : 'no'
  }
}
