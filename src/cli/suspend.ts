/**
 * Ctrl-Z where keys are read one by one. readline alone stops only its own process, not the npm before it, comes back
 * deaf, and where nobody can stop it (`ssh -t host p2pchat`) lets the terminal show the password that is typed next.
 */
import type { Interface } from 'node:readline'
import type { Io } from './io.js'

export interface Typed {
  /** Takes it off the screen, so that the cursor is where it began. */
  hide: () => void
  /** Puts it where the cursor is. */
  show: () => void
}

/** Until the reader is closed. */
export function stopAtCtrlZ (reader: Interface, stdin: Io['stdin'], typed: Typed): void {
  let isHidden = false
  let isClosed = false
  const goOn = (): void => {
    if (isClosed) return
    stdin.setRawMode?.(true)
    if (!isHidden) typed.hide()
    isHidden = false
    typed.show()
  }
  reader.on('SIGTSTP', () => {
    typed.hide()
    isHidden = true
    stdin.setRawMode?.(false)
    // The whole group, as the terminal would: who waits for this process stops with it.
    process.kill(0, 'SIGTSTP')
    // Reached once it goes on, and at once where the signal is lost because nobody could continue it.
    setImmediate(goOn)
  })
  // Also after a stop from elsewhere: a shell may have set the terminal for itself meanwhile.
  process.on('SIGCONT', goOn)
  reader.once('close', () => {
    isClosed = true
    process.off('SIGCONT', goOn)
  })
}
