import type { ChatNode } from '../../node/chat-node.js'
import type { METHODS } from './methods.js'

type Call = (name: keyof typeof METHODS, params: object) => Promise<never>

/** A ChatNode whose methods all go through one function, with their parameters by name. */
export function chatNodeOver (call: Call, events: ChatNode['events']): ChatNode {
  return {
    status: () => call('status', {}),
    usePool: (addresses) => call('usePool', { addresses }),
    connect: (timeoutMs) => call('connect', { timeoutMs }),
    signUp: (request) => call('signUp', request),
    signIn: (request) => call('signIn', request),
    recover: (request) => call('recover', request),
    signOut: () => call('signOut', {}),
    whoAmI: () => call('whoAmI', {}),
    devices: () => call('devices', {}),
    removeDevice: (request) => call('removeDevice', request),
    changePassword: (request) => call('changePassword', request),
    users: (request) => call('users', request),
    contacts: () => call('contacts', {}),
    safetyNumber: (request) => call('safetyNumber', request),
    acceptIdentity: (request) => call('acceptIdentity', request),
    send: (request) => call('send', request),
    groupCreate: (request) => call('groupCreate', request),
    groupJoin: (request) => call('groupJoin', request),
    groupLeave: (request) => call('groupLeave', request),
    groupMembers: (request) => call('groupMembers', request),
    groupLog: (request) => call('groupLog', request),
    groupVerify: (request) => call('groupVerify', request),
    groupAdd: (request) => call('groupAdd', request),
    groupRemove: (request) => call('groupRemove', request),
    groupPromote: (request) => call('groupPromote', request),
    groupDemote: (request) => call('groupDemote', request),
    groupRename: (request) => call('groupRename', request),
    groupPolicy: (request) => call('groupPolicy', request),
    groupSend: (request) => call('groupSend', request),
    groups: (request) => call('groups', request),
    myGroups: (request) => call('myGroups', request),
    sendFile: (request) => call('sendFile', request),
    acceptFile: (request) => call('acceptFile', request),
    declineFile: (request) => call('declineFile', request),
    pauseFile: (request) => call('pauseFile', request),
    resumeFile: (request) => call('resumeFile', request),
    transfers: (request) => call('transfers', request),
    waitFile: (request) => call('waitFile', request),
    filePreview: (request) => call('filePreview', request),
    settings: () => call('settings', {}),
    changeSettings: (request) => call('changeSettings', request),
    wait: (request) => call('wait', request),
    history: (request) => call('history', request),
    markRead: (request) => call('markRead', request),
    trace: (request) => call('trace', request),
    limits: () => call('limits', {}),
    events,
    acknowledgeEvents: (request) => call('acknowledgeEvents', request)
  }
}
