/** Every command of this version, in the order in which help lists them. */
import type { CommandSpec } from '../command.js'
import { login, logout, passwd, recover, signup, whoami } from './account.js'
import { backup, restore } from './backup.js'
import { completion } from './completion.js'
import { deviceRemove, devices } from './devices.js'
import { doctor } from './doctor.js'
import { groupAdd, groupCreate, groupDemote, groupJoin, groupLeave, groupMembers, groupPolicy, groupPromote, groupRemove, groupRename } from './group.js'
import { accept, decline, files, filesPause, filesResume } from './files.js'
import { groupLog, groupVerify } from './group-log.js'
import { groups } from './groups.js'
import { help } from './help.js'
import { history } from './history.js'
import { limits } from './limits.js'
import { listen } from './listen.js'
import { contacts, contactsAccept, contactsBlock, users, verify } from './people.js'
import { poolDoctor, poolDrain, poolInvite, poolRecover, poolRemove, poolSignUp, poolStatus } from './pool.js'
import { poolUp } from './pool-up.js'
import { rendezvous } from './rendezvous.js'
import { groupSend, send } from './send.js'
import { groupSendFile, sendFile } from './send-file.js'
import { settings } from './settings.js'
import { shell } from './shell.js'
import { show } from './show.js'
import { trace } from './trace.js'

export const COMMANDS: readonly CommandSpec[] = [
  shell, signup, login, logout, whoami, passwd, recover, devices, deviceRemove,
  users, contacts, contactsAccept, contactsBlock, verify, send, listen, history, trace,
  sendFile, accept, decline, files, filesPause, filesResume, show,
  groups, groupCreate, groupJoin, groupLeave, groupMembers, groupSend, groupSendFile, groupAdd, groupRemove, groupPromote, groupDemote, groupRename, groupPolicy, groupLog, groupVerify,
  settings, limits, backup, restore, doctor, rendezvous, poolUp, poolStatus, poolSignUp, poolInvite, poolDrain, poolRemove, poolRecover, poolDoctor, completion, help
]
