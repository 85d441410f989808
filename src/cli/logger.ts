import { P2pChatError } from '../errors.js'
import { silentLogger, type Logger } from '../runtime.js'

/** pino, as JSON lines. @param dest a path, or a file descriptor. Default: standard error. */
export async function serverLogger (level: string, dest: number | string = 2): Promise<Logger> {
  const { pino } = await import('pino')
  // Else an error would be logged as {}: its message is no field of its own to JSON.
  const serializers = { error: pino.stdSerializers.err }
  const logger: Logger = pino<never>({ level, serializers }, pino.destination({ dest, sync: true }))
  return logger
}

const LEVELS = ['debug', 'info', 'warn', 'error']

/** A client is quiet, unless P2PCHAT_LOG names a level. @throws ERR_USAGE at another word */
export async function clientLogger (env: Record<string, string | undefined>): Promise<Logger> {
  const level = env.P2PCHAT_LOG
  if (level === undefined || level === '') return silentLogger
  if (!LEVELS.includes(level)) throw new P2pChatError('ERR_USAGE', `P2PCHAT_LOG is one of ${LEVELS.join(', ')}.`)
  return await serverLogger(level)
}
