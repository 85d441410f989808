import { later } from '../../later.js'
import type { ChatNode, ContactInfo } from '../../node/chat-node.js'
import { personName } from '../conversation.js'
import { flagOption, textOption, type CommandContext, type CommandSpec, type Given } from '../command.js'
import { isOtherLocale } from '../render/ascii.js'
import { entryOf } from '../render/later.js'
import { safeLine } from '../render/safe-text.js'
import { identityWords, numberLines } from '../render/safety-number.js'
import type { Style } from '../render/style.js'
import { count } from '../render/table.js'
import { shortTime } from '../render/time.js'
import { meetServer, withServer } from './reach.js'

const qrCodes = later(async () => await import('uqr'))

export const users: CommandSpec = {
  name: 'users',
  summary: 'list who can be written to',
  options: [
    { flags: '--prefix <letters>', summary: 'only names that begin so' },
    { flags: '--online', summary: 'only who is online' }
  ],
  examples: ['users', 'users --prefix al --online'],
  inShell: true,
  async run (context, given) {
    const shown = await withServer(context, async (node) => await listUsers(context, node, given))
    if (shown === 0) await context.out.note('Nobody, so far.')
  }
}

/** How many there were. */
async function listUsers (context: CommandContext, node: ChatNode, given: Given): Promise<number> {
  const prefix = textOption(given, 'prefix')?.toLowerCase()
  const onlineOnly = flagOption(given, 'online')
  let after: string | undefined
  for (let shown = 0; ;) {
    const page = await node.users({ ...(prefix === undefined ? {} : { prefix }), ...(onlineOnly ? { onlineOnly } : {}), ...(after === undefined ? {} : { after }) })
    for (const user of page.users) await context.out.show({ event: 'user', ...user }, [user.online ? `${presence(true, context.out.style)} ${safeLine(user.username).padEnd(16)}  online` : `${presence(false, context.out.style)} ${safeLine(user.username)}`])
    shown += page.users.length
    after = page.users.at(-1)?.username
    if (!page.more || after === undefined) return shown
  }
}

export const contacts: CommandSpec = {
  name: 'contacts',
  summary: 'list the people you write with, who is online, what is unread, and who asks',
  examples: ['contacts'],
  inShell: true,
  async run (context) {
    const node = await context.node()
    await node.whoAmI()
    await meetServer(node, context.global.timeoutMs)
    const found = await node.contacts()
    const { nowMs } = context.view(null)
    for (const contact of found) await context.out.show({ event: 'contact', ...contact }, [contactLine(contact, nowMs, context.out.style)])
    if (found.length === 0) await context.out.note('Nobody yet: see who is there with users, then send NAME TEXT.')
  }
}

export const contactsAccept: CommandSpec = {
  name: 'contacts accept',
  args: '<username>',
  completes: ['user'],
  summary: 'take what this person has written and will write; ends a block',
  details: ['Needed with "settings contacts request", where the first messages of a stranger wait. Writing to somebody accepts them, too.'],
  examples: ['contacts accept dave'],
  inShell: true,
  run: async (context, given) => { await decide(context, given, async (node, request) => await node.acceptContact(request)) }
}

export const contactsBlock: CommandSpec = {
  name: 'contacts block',
  args: '<username>',
  completes: ['user'],
  summary: 'drop what this person writes from now on',
  details: ['Nobody is told: their messages stay where they are stored for you, and are never shown, nor delivered. Files that are coming are declined. What they say in groups is shown; an admin can remove them there.'],
  examples: ['contacts block dave'],
  inShell: true,
  run: async (context, given) => { await decide(context, given, async (node, request) => await node.blockContact(request)) }
}

async function decide (context: CommandContext, given: Given, change: (node: ChatNode, request: { username: string }) => Promise<ContactInfo>): Promise<void> {
  const node = await context.node()
  const contact = await change(node, { username: personName(given.args[0] ?? '') })
  await context.out.show({ event: 'contact', ...contact }, [contactLine(contact, context.view(null).nowMs, context.out.style)])
}

/** One contact in a line: presence, name, what is unread, how far the identity is known. */
export function contactLine (contact: ContactInfo, nowMs: number, style: Style): string {
  const unread = contact.unread === 0 ? '' : style.bold(count(contact.unread, 'unread message'))
  const identity = entryOf({ pinned: '', verified: 'verified', changed: style.red('IDENTITY CHANGED: verify') }, contact.identity, safeLine(contact.identity))
  const last = contact.lastMessageAt === null ? '' : style.dim(`last ${shortTime(contact.lastMessageAt, nowMs)}`)
  const standing = entryOf({ accepted: '', asking: style.yellow(`asks to write to you (${count(contact.waiting, 'message')}): contacts accept ${safeLine(contact.username)}, or block`), blocked: style.dim('blocked') }, contact.standing, safeLine(contact.standing))
  const rest = [contact.online ? 'online' : '', standing, unread, last, identity].filter((part) => part !== '').join(' · ')
  return `${presence(contact.online, style)} ${safeLine(contact.username).padEnd(16)}  ${rest}`.trimEnd()
}

export function presence (online: boolean, style: Style): string {
  return online ? style.green('●') : style.dim('○')
}

export const verify: CommandSpec = {
  name: 'verify',
  args: '<username>',
  completes: ['user'],
  summary: 'show the safety number that you and this person should both see',
  details: [
    'Compare it in person or on the phone. Equal digits mean that nobody stands in between.',
    '--accept records the comparison; after a changed identity it is what lets you send again.'
  ],
  options: [{ flags: '--accept', summary: 'we have compared the numbers, and they match' }],
  examples: ['verify bob', 'verify bob --accept'],
  inShell: true,
  async run (context, given) {
    const node = await context.node()
    const username = personName(given.args[0] ?? '')
    await node.whoAmI()
    await meetServer(node, context.global.timeoutMs)
    if (flagOption(given, 'accept')) await node.acceptIdentity({ username })
    const safety = await node.safetyNumber({ username })
    const { renderUnicodeCompact } = await qrCodes()
    // Made of blocks, which ASCII has not: the digits say the same.
    const qr = context.out.json || (context.io.stdout.isTTY === true && isOtherLocale(context.io.env)) ? [] : renderUnicodeCompact(safety.number.replace(/\D/g, ''), { border: 2 }).split('\n')
    await context.out.show({ event: 'safety-number', ...safety }, [
      ...numberLines(safety.number).map((line) => context.out.style.bold(line)),
      '',
      ...qr,
      '',
      identityWords(safety)
    ])
  }
}
