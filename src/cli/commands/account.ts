import { parseUsername } from '../../protocol/names.js'
import { flagOption, textOption, type CommandSpec } from '../command.js'
import { safeLine } from '../render/safe-text.js'
import { connectionWords } from '../render/connection.js'
import { meetServer, reachPool } from './reach.js'

const REPLACE = { flags: '--replace <id>', summary: 'put this device in the place of another, which is removed: when there are 8 already' }
const LABEL = { flags: '--label <name>', summary: 'how this device is called; everybody who looks you up sees it (default: its system, such as Linux)' }

export const signup: CommandSpec = {
  name: 'signup',
  args: '<username> [rollnumber]',
  summary: 'make an account and sign this device in',
  details: [
    'The account is the two joined, without a separator. A name is 2 to 32 of a-z 0-9 . _ - and starts with a letter or a digit.',
    'The recovery key is shown once: write it down and keep it where only you can get at it. See: p2pchat help recover',
    'When signup ended before that, run it again in the same home with the same password: it finishes what was begun.'
  ],
  options: [{ flags: '--unlisted', summary: 'stay out of the list of users' }, LABEL],
  examples: ['signup alice', 'signup alice 42 --pool ADDRESS', 'signup bot --password-stdin --unlisted < password.txt'],
  inShell: true,
  async run (context, given) {
    const username = parseUsername(given.args.join(''))
    const node = await context.node()
    await reachPool(context, node)
    const password = await context.askPassword({ question: `New password for ${username}`, twice: true })
    const deviceLabel = textOption(given, 'label')
    const made = await node.signUp({
      username,
      password,
      ...(flagOption(given, 'unlisted') ? { unlisted: true } : {}),
      ...(deviceLabel === undefined ? {} : { deviceLabel })
    })
    await context.out.show({ event: 'signed-up', ...made }, [
      `Welcome, ${made.username}. This device is signed in.`,
      '',
      'Recovery key:',
      `  ${context.out.style.bold(made.recoveryKey)}`,
      'It is your account\'s key, and it is shown only now. Write it down, keep it safe:',
      'it is the only way back when the password is forgotten (recover), and whoever',
      'has it can be you.'
    ])
  }
}

export const login: CommandSpec = {
  name: 'login',
  args: '<username>',
  summary: 'sign this device in',
  details: ['From a second machine the password alone makes a second device (at most 8; login then names them, for --replace). Earlier messages stay on the devices that have them.'],
  options: [LABEL, REPLACE],
  examples: ['login alice', 'login alice --home ~/second --pool ADDRESS', 'login alice --replace 00112233aabbccdd'],
  inShell: true,
  async run (context, given) {
    const username = parseUsername(given.args.join(''))
    const node = await context.node()
    await reachPool(context, node)
    const password = await context.askPassword({ question: `Password for ${username}` })
    const deviceLabel = textOption(given, 'label')
    const replace = textOption(given, 'replace')
    const entered = await node.signIn({ username, password, ...(deviceLabel === undefined ? {} : { deviceLabel }), ...(replace === undefined ? {} : { replace }) })
    await context.out.show({ event: 'signed-in', ...entered }, [
      `Signed in as ${entered.username}${entered.newDevice ? ', on a new device' : ''}.`
    ])
  }
}

export const logout: CommandSpec = {
  name: 'logout',
  summary: 'sign this device out; keys and messages stay here until the next login',
  examples: ['logout'],
  inShell: true,
  async run (context) {
    const node = await context.node()
    const { username } = await node.whoAmI()
    await node.signOut()
    await context.out.show({ event: 'signed-out', username }, [`Signed out. To come back: login ${username}`])
  }
}

export const whoami: CommandSpec = {
  name: 'whoami',
  summary: 'say who is signed in here, on which device, in which pool',
  examples: ['whoami', 'whoami --json'],
  inShell: true,
  async run (context) {
    const node = await context.node()
    const account = await node.whoAmI()
    await meetServer(node, context.global.timeoutMs)
    const { connection, queued, cipher } = await node.status()
    const event = { event: 'account', ...account, connection, queued, cipher }
    await context.out.show(event, [
      context.out.style.bold(account.username),
      `device      ${safeLine(account.deviceId)}`,
      `peer id     ${safeLine(account.peerId)}`,
      ...account.poolAddresses.map((address) => `pool        ${safeLine(address)}`),
      `connection  ${connectionWords(connection)}`,
      `outbox      ${queued === 0 ? 'empty' : `${queued} waiting`}`,
      `cipher      Triple DES, ${cipher === 'wasm-simd' ? 'bitsliced in WebAssembly' : 'by OpenSSL: slower, and not in constant time'}`
    ])
  }
}

export const passwd: CommandSpec = {
  name: 'passwd',
  summary: 'change the password of the account',
  details: ['With --password-stdin the first line is the old password and the second the new one; in scripts also P2PCHAT_PASSWORD and P2PCHAT_NEW_PASSWORD.'],
  examples: ['passwd', 'printf "old\\nnew\\n" | p2pchat passwd --password-stdin'],
  inShell: true,
  async run (context) {
    const node = await context.node()
    const { username } = await node.whoAmI()
    await reachPool(context, node)
    const oldPassword = await context.askPassword({ question: `Password of ${username} now` })
    const newPassword = await context.askPassword({ question: 'New password', twice: true, variable: 'P2PCHAT_NEW_PASSWORD' })
    await node.changePassword({ oldPassword, newPassword })
    await context.out.show({ event: 'password-changed', username }, ['The password is changed, for all your devices.'])
  }
}

export const recover: CommandSpec = {
  name: 'recover',
  args: '<username>',
  summary: 'set a new password with the recovery key, and sign this device in',
  details: ['With --password-stdin the first line is the recovery key and the second the new password; in scripts also P2PCHAT_RECOVERY_KEY and P2PCHAT_PASSWORD.'],
  options: [LABEL, REPLACE],
  examples: ['recover alice'],
  inShell: true,
  async run (context, given) {
    const username = parseUsername(given.args.join(''))
    const node = await context.node()
    await reachPool(context, node)
    const recoveryKey = (await context.askPassword({ question: `Recovery key of ${username}`, variable: 'P2PCHAT_RECOVERY_KEY' })).trim()
    const newPassword = await context.askPassword({ question: 'New password', twice: true })
    const deviceLabel = textOption(given, 'label')
    const replace = textOption(given, 'replace')
    const recovered = await node.recover({ username, recoveryKey, newPassword, ...(deviceLabel === undefined ? {} : { deviceLabel }), ...(replace === undefined ? {} : { replace }) })
    await context.out.show({ event: 'recovered', ...recovered }, [`The password of ${recovered.username} is replaced, and this device is signed in.`])
  }
}
