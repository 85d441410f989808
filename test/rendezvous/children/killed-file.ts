import { sealedFile, type SealedFile } from '../blobs/sealed-file.js'

/** Large enough to be cut off in the middle several times. */
export function killedFile (): SealedFile {
  return sealedFile('killed', 1_000)
}
