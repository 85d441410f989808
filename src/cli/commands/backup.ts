import { stat } from 'node:fs/promises'
import { P2pChatError } from '../../errors.js'
import type { CommandSpec } from '../command.js'
import { homeFolder } from '../paths.js'
import { pathWords } from '../render/file.js'
import { safeLine } from '../render/safe-text.js'
import { sizeWords } from '../render/size.js'
import { count } from '../render/table.js'
import { shortTime } from '../render/time.js'
import { absolutePath } from './send-file.js'

/** Of the backup, which may lie where others can try: not the account's. */
const VARIABLE = 'P2PCHAT_BACKUP_PASSWORD'

export const backup: CommandSpec = {
  name: 'backup',
  args: '<file>',
  completes: ['path'],
  summary: 'write what is in this home into a file, under a password of its own',
  details: [
    'In it: messages, contacts with what was compared, groups, settings. Not in it: the keys of this device, files, and what waits to be sent.',
    'A home that is made of it is a new device of your account. The file may be made while p2pchat runs; it overwrites nothing.'
  ],
  examples: ['backup alice.backup', 'backup /media/stick/alice.backup --password-stdin < password.txt'],
  inShell: true,
  async run (context, given) {
    const path = absolutePath(context, given.args[0] ?? '')
    if (await stat(path).then(() => true, () => false)) throw new P2pChatError('ERR_USAGE', `There is a file ${pathWords(path)} already, and a backup overwrites nothing. Name another one.`)
    const node = await context.node()
    await node.whoAmI()
    const password = await context.askPassword({ question: 'Password for this backup', twice: true, variable: VARIABLE })
    const made = await node.backup({ path, password })
    await context.out.show({ event: 'backup', ...made }, [
      `${count(made.messages, 'message')} and all contacts are in ${pathWords(made.path)} (${sizeWords(made.bytes)}).`,
      ...made.queued === 0 ? [] : [`${count(made.queued, 'message')} on the way: only this device can bring ${made.queued === 1 ? 'it' : 'them'} there.`],
      ...made.waiting === 0 ? [] : [`${count(made.waiting, 'message')} that cannot be shown yet: not in it, only this device can show ${made.waiting === 1 ? 'it' : 'them'} (after group join, or once an identity is accepted).`],
      ...made.files === 0 ? [] : [`${count(made.files, 'file')} not fetched yet: only this device can fetch ${made.files === 1 ? 'it' : 'them'}. Fetch these first: p2pchat files --active`],
      'Without its password it is of no use to anybody, you included.',
      'To use it, on another disk: p2pchat restore FILE'
    ])
  }
}

export const restore: CommandSpec = {
  name: 'restore',
  args: '<file>',
  completes: ['path'],
  summary: 'make a home of a backup: a new device of the account, with what was said before',
  details: ['The home (--home) must be new: nothing is overwritten. Afterwards sign in; what came since the backup stays on the devices that have it.'],
  examples: ['restore alice.backup', 'restore /media/stick/alice.backup --home ~/alice'],
  inShell: false,
  async run (context, given) {
    const path = absolutePath(context, given.args[0] ?? '')
    const { restoreHome } = await import('../../node/index.js')
    const restored = await restoreHome({
      home: homeFolder(context.global.home, context.io.env),
      path,
      password: async () => await context.askPassword({ question: 'Password of this backup', variable: VARIABLE })
    })
    const username = safeLine(restored.username)
    await context.out.show({ event: 'restored', ...restored }, [
      `Restored: ${count(restored.messages, 'message')} of ${username}, as of ${shortTime(restored.madeAt, context.clock.now())}.`,
      ...restored.waiting === 0 ? [] : [`${count(restored.waiting, 'message')} could not be shown there yet: not in the backup, only the device before can show ${restored.waiting === 1 ? 'it' : 'them'}.`],
      `This home is a new device. To go on, sign in: p2pchat login ${username}`,
      'Is the one before lost? Take it out: p2pchat devices, p2pchat device remove ID'
    ])
  }
}
