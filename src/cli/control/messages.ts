/** JSON-RPC 2.0 as it is spoken on the control socket (https://www.jsonrpc.org/specification), one object a line. */
import { isErrorCode, P2pChatError } from '../../errors.js'

export type RequestId = string | number | null

export interface RpcError {
  code: number
  message: string
  /** The project's own code; what JSON-RPC's number leaves open. */
  data?: { code: string, retryAfterMs?: number, notRun?: true }
}

export type RpcMessage =
  | { kind: 'request', id: RequestId, method: string, params: unknown }
  | { kind: 'notification', method: string, params: unknown }
  | { kind: 'answer', id: RequestId, result: unknown }
  | { kind: 'failure', id: RequestId, error: RpcError }
  | { kind: 'invalid', id: RequestId, error: RpcError }

const PARSE_ERROR = -32700
const INVALID_REQUEST = -32600
const METHOD_NOT_FOUND = -32601
const INVALID_PARAMS = -32602
/** In the range that JSON-RPC leaves to the implementation. */
const APPLICATION_ERROR = -32000

export function parseMessage (line: string): RpcMessage {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return invalid(null, PARSE_ERROR, 'This is not JSON.')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return invalid(null, INVALID_REQUEST, 'This is not a JSON-RPC object; batches are not taken.')
  const fields = value as Record<string, unknown>
  const id = isId(fields.id) ? fields.id : null
  if (fields.jsonrpc !== '2.0') return invalid(id, INVALID_REQUEST, 'This is not JSON-RPC 2.0.')
  if (typeof fields.method === 'string') {
    if (!Object.hasOwn(fields, 'id')) return { kind: 'notification', method: fields.method, params: fields.params }
    if (!isId(fields.id)) return invalid(null, INVALID_REQUEST, 'The id must be a string, a number or null.')
    return { kind: 'request', id, method: fields.method, params: fields.params }
  }
  if (Object.hasOwn(fields, 'result')) return { kind: 'answer', id, result: fields.result }
  if (isRpcError(fields.error)) return { kind: 'failure', id, error: fields.error }
  return invalid(id, INVALID_REQUEST, 'There is neither a method nor a result.')
}

export function request (id: number, method: string, params: unknown): string {
  return line({ id, method, params })
}

export function notification (method: string, params: unknown): string {
  return line({ method, params })
}

export function answer (id: RequestId, result: unknown): string {
  return line({ id, result: result ?? null })
}

export function failure (id: RequestId, error: RpcError): string {
  return line({ id, error })
}

export function methodNotFound (method: string): RpcError {
  return { ...toRpcError(ownerIsOlder(`method "${method.slice(0, 100)}"`)), code: METHOD_NOT_FOUND }
}

/** What a client is told that asks for more than this version knows: the command of a newer version beside a process of this one. */
export function ownerIsOlder (what: string): P2pChatError {
  return new P2pChatError('ERR_UNSUPPORTED', `There is no ${what} here: the p2pchat process that owns this folder is older than this command; restart it.`)
}

export function toRpcError (error: P2pChatError, options: { notRun?: boolean } = {}): RpcError {
  const data: RpcError['data'] = { code: error.code }
  if (error.retryAfterMs !== undefined) data.retryAfterMs = error.retryAfterMs
  if (options.notRun === true) data.notRun = true
  return { code: error.code === 'ERR_USAGE' ? INVALID_PARAMS : APPLICATION_ERROR, message: error.message, data }
}

/** The error that the other process threw, as far as it travels: code, message and when to try again. */
export function fromRpcError (error: RpcError): P2pChatError {
  const code = error.data?.code ?? ''
  return new P2pChatError(isErrorCode(code) ? code : 'ERR_INTERNAL', error.message, { retryAfterMs: error.data?.retryAfterMs })
}

function line (fields: object): string {
  return `${JSON.stringify({ jsonrpc: '2.0', ...fields })}\n`
}

function invalid (id: RequestId, code: number, message: string): RpcMessage {
  return { kind: 'invalid', id, error: { code, message, data: { code: 'ERR_INVALID_FRAME' } } }
}

function isId (value: unknown): value is RequestId {
  return value === null || typeof value === 'string' || typeof value === 'number'
}

function isRpcError (value: unknown): value is RpcError {
  if (typeof value !== 'object' || value === null) return false
  const { code, message, data } = value as Record<string, unknown>
  if (typeof code !== 'number' || typeof message !== 'string') return false
  if (data === undefined) return true
  if (typeof data !== 'object' || data === null) return false
  const { code: name, retryAfterMs } = data as Record<string, unknown>
  return typeof name === 'string' && (retryAfterMs === undefined || typeof retryAfterMs === 'number')
}
