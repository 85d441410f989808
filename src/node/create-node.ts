/** Makes a client out of a home folder and the real world. The only place of this folder that knows both. */
import { platform } from 'node:os'
import { join, resolve } from 'node:path'
import { P2pChatError } from '../errors.js'
import { createNetwork, createPoolDiscovery } from '../overlay/index.js'
import { silentLogger, systemClock, systemRandom, type Clock, type Logger, type Random } from '../runtime.js'
import { openStore, type KeyValueStore } from '../store/index.js'
import { workerPasswordWork, type PasswordWork } from './account/password-work.js'
import { assertNotHalfRestored } from './backup/index.js'
import { checkedNode, type RunningNode } from './checked-node.js'
import { ClientNode } from './client-node.js'
import { cipherInTurns } from './files/cipher.js'
import { systemDisk } from './files/disk.js'
import { openRegularFile } from './files/outgoing/regular-file.js'
import { Spool } from './files/outgoing/spool.js'
import { cipherOnThread } from './files/thread/cipher-thread.js'
import { ensureDevice, findAccount } from './home/account-state.js'
import { Lane } from './home/lane.js'
import { checkParams } from './methods.js'
import { keepPool } from './pool/pool-session.js'
import { findSettings } from './settings.js'

export interface CreateNodeOptions {
  /** The home's folder; made with mode 0700 if there is none. One home is one device. */
  home: string
  /** Pool addresses; kept in the home. Default: those kept there. */
  pool?: string[]
  /** Multiaddrs to listen on for direct connections. Default: every interface, any free port. */
  listen?: string[]
  /** Multiaddrs to tell others instead of the ones listened on. */
  announce?: string[]
  /** Shown in the account's list of devices. Default: its system, such as Linux. */
  deviceLabel?: string
  /** Told what this client does; never keys, passwords or texts. Default: nobody is. */
  logger?: Logger
  /** @internal for tests */
  clock?: Clock
  /** @internal for tests */
  random?: Random
  /** @internal where state is kept instead of in the folder, for tests */
  store?: KeyValueStore
  /** @internal for tests */
  passwordWork?: PasswordWork
}

/**
 * Opens a home as a client. Nothing is dialled before `start`.
 *
 * @throws ERR_STORE_LOCKED (another process owns the home), ERR_STORE_FOREIGN, ERR_STORE_NEWER, ERR_STORE_CORRUPT,
 * ERR_HOME (also: a backup was not restored to its end), ERR_USAGE (no home, a pool address that is none)
 */
export async function createNode (options: CreateNodeOptions): Promise<RunningNode> {
  checkOptions(options)
  return checkedNode(await openClientNode(options))
}

/** The node itself, which takes what it is given as it is. @throws as createNode */
export async function openClientNode (options: CreateNodeOptions): Promise<ClientNode> {
  const { clock = systemClock, random = systemRandom, logger = silentLogger, passwordWork = workerPasswordWork } = options
  const store = options.store ?? await openStore({ folder: options.home, kind: 'home' })
  const lane = new Lane(store)
  try {
    await assertNotHalfRestored(lane)
    const device = await ensureDevice(lane, random)
    if (options.pool !== undefined && options.pool.length > 0) await keepPool(lane, options.pool, (await findAccount(lane))?.poolId)
    const { relayOnly } = await findSettings(lane, '')
    const network = createNetwork({
      role: 'client',
      seed: device.seed,
      // What does not listen cannot be found by trying ports either.
      listen: relayOnly ? [] : options.listen ?? ['/ip4/0.0.0.0/tcp/0', '/ip6/::/tcp/0'],
      announce: options.announce ?? [],
      clock,
      logger
    })
    return new ClientNode({
      store,
      lane,
      clock,
      random,
      logger,
      network,
      device,
      passwordWork,
      discovery: ({ poolId, remembered, bootstrap }) => createPoolDiscovery({ routing: network.routing, poolId, remembered, bootstrap, clock, logger }),
      deviceLabel: options.deviceLabel ?? defaultLabel(),
      files: {
        disk: systemDisk,
        cipher: cipherOnThread({ clock, here: cipherInTurns() }),
        openFile: openRegularFile,
        spool: new Spool({ disk: systemDisk, folder: join(resolve(options.home), 'sealed') }),
        downloadsFolder: join(resolve(options.home), 'downloads')
      }
    })
  } catch (error) {
    await store.close()
    throw error
  }
}

/** Programs may be without types. @throws ERR_USAGE */
function checkOptions (options: Partial<CreateNodeOptions> = {}): void {
  const { clock, random, logger, store, passwordWork, ...plain } = options
  const { home } = checkParams({ params: { home: 'string', pool: 'string[]?', listen: 'string[]?', announce: 'string[]?', deviceLabel: 'string?' } }, plain)
  // It would be the working directory.
  if (home === '') throw new P2pChatError('ERR_USAGE', 'The home must be the path of a folder.')
}

/** Everybody can look labels up, so it is not the machine's name. */
function defaultLabel (): string {
  const names: Partial<Record<NodeJS.Platform, string>> = { darwin: 'macOS', linux: 'Linux', win32: 'Windows', freebsd: 'FreeBSD', openbsd: 'OpenBSD' }
  return names[platform()] ?? platform()
}
