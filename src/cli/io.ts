import type { Readable, Writable } from 'node:stream'

/** What a command sees of its terminal or pipe. */
export interface Io {
  stdin: Readable & { isTTY?: boolean, setRawMode?: (isRaw: boolean) => unknown }
  stdout: Writable & { isTTY?: boolean, columns?: number, rows?: number }
  stderr: Writable & { isTTY?: boolean, columns?: number }
  env: Record<string, string | undefined>
}

export function processIo (): Io {
  return { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: process.env }
}

/** How many columns a terminal has; undefined where that is not known: some say 0 then. */
export function columnsOf ({ columns }: { columns?: number }): number | undefined {
  return columns === 0 ? undefined : columns
}

/** Resolves once the stream has taken `text`, rejects when it cannot (EPIPE: nobody reads any more). */
export async function write (stream: Writable, text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stream.write(text, (error) => {
      if (error === null || error === undefined) resolve()
      else reject(error)
    })
  })
}

export function isBrokenPipe (error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED')
}
