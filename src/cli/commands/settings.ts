import { P2pChatError } from '../../errors.js'
import type { NodeSettings } from '../../node/chat-node.js'
import type { CommandContext, CommandSpec } from '../command.js'
import { pathWords } from '../render/file.js'
import { safeLine } from '../render/safe-text.js'
import { parseSize, sizeWords } from '../render/size.js'
import { table } from '../render/table.js'
import { absolutePath } from './send-file.js'

interface Setting {
  summary: string
  value: (settings: NodeSettings) => string | number
  words: (settings: NodeSettings) => string
  /** @throws Error whose message says what is allowed */
  change: (text: string, context: CommandContext) => Partial<NodeSettings>
}

export const SETTINGS: Record<string, Setting> = {
  'auto-accept': {
    summary: 'files up to this size are fetched unasked',
    value: ({ autoAcceptBytes }) => autoAcceptBytes,
    words: ({ autoAcceptBytes }) => autoAcceptBytes === 0 ? 'none' : sizeWords(autoAcceptBytes),
    change: (text) => ({ autoAcceptBytes: text === 'none' ? 0 : parseSize(text) })
  },
  'downloads-folder': {
    summary: 'where files land',
    value: ({ downloadsFolder }) => downloadsFolder,
    words: ({ downloadsFolder }) => pathWords(downloadsFolder),
    change: (text, context) => ({ downloadsFolder: absolutePath(context, text) })
  },
  'relay-only': {
    summary: 'only servers of the pool learn your address',
    value: ({ relayOnly }) => relayOnly ? 'on' : 'off',
    words: ({ relayOnly }) => relayOnly ? 'on' : 'off',
    change: (text) => ({ relayOnly: onOrOff(text) })
  },
  contacts: {
    summary: 'who may write to you: anybody on the pool, or who asks and is accepted',
    value: ({ contacts }) => contacts,
    words: ({ contacts }) => safeLine(contacts),
    change: (text) => ({ contacts: oneOf(text, ['open', 'request']) })
  },
  receipts: {
    summary: 'others are told when you have read what they wrote',
    value: ({ receipts }) => receipts ? 'on' : 'off',
    words: ({ receipts }) => receipts ? 'on' : 'off',
    change: (text) => ({ receipts: onOrOff(text) })
  }
}

export const settings: CommandSpec = {
  name: 'settings',
  args: '[name] [value]',
  completes: ['setting', 'path'],
  summary: 'show or change what this device does by itself',
  details: [
    'auto-accept: files up to this size are fetched unasked, larger ones are offered: 25M, 1G, or none.',
    'relay-only: on or off. On, messages and files go through servers of the pool, slower, and contacts do not learn your address.',
    'downloads-folder: where files land; a folder in the home unless you say otherwise.',
    'contacts: open or request. With request the first messages of a stranger wait for "contacts accept"; until then they get no receipt, no connection, and do not learn your address. Set back to open, everybody who was asking is accepted for good.',
    'receipts: on or off. Off, nobody is told that you have read something; that it was delivered is told all the same.'
  ],
  examples: ['settings', 'settings auto-accept 100M', 'settings downloads-folder ~/Downloads', 'settings relay-only on', 'settings contacts request', 'settings receipts off'],
  inShell: true,
  async run (context, given) {
    const [name, value] = given.args
    const wanted = name === undefined ? Object.keys(SETTINGS) : [name.toLowerCase()]
    for (const one of wanted) if (!Object.hasOwn(SETTINGS, one)) throw new P2pChatError('ERR_USAGE', `There is no setting "${one}": ${Object.keys(SETTINGS).join(', ')}.`)
    const change = value === undefined ? null : changeOf(wanted[0] ?? '', value, context)
    const node = await context.node()
    const now = change === null ? await node.settings() : await node.changeSettings(change)
    const lines = table(wanted.map((one) => [one, SETTINGS[one]?.words(now) ?? '', context.out.style.dim(SETTINGS[one]?.summary ?? '')]))
    for (const [at, one] of wanted.entries()) await context.out.show({ event: 'setting', name: one, value: SETTINGS[one]?.value(now) }, [lines[at] ?? ''])
  }
}

function changeOf (name: string, value: string, context: CommandContext): Partial<NodeSettings> {
  try {
    return SETTINGS[name]?.change(value, context) ?? {}
  } catch (error) {
    throw new P2pChatError('ERR_USAGE', `${name}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function onOrOff (text: string): boolean {
  return oneOf(text, ['on', 'off']) === 'on'
}

function oneOf<const T extends string> (text: string, words: readonly [T, T]): T {
  const word = words.find((one) => one === text.toLowerCase())
  if (word === undefined) throw new Error(`it is either ${words.join(' or ')}`)
  return word
}
