import { silentLogger, type Logger } from '../runtime.js'

/** pino, as JSON lines on standard error. */
export async function serverLogger (level: string): Promise<Logger> {
  const { pino } = await import('pino')
  const logger: Logger = pino<never>({ level }, pino.destination({ dest: 2, sync: true }))
  return logger
}

/** A client is quiet, unless P2PCHAT_LOG names a level. */
export async function clientLogger (env: Record<string, string | undefined>): Promise<Logger> {
  const level = env.P2PCHAT_LOG
  return level === undefined || level === '' ? silentLogger : await serverLogger(level)
}
