import { chunkBytes } from '../../../crypto/file/index.js'
import { maxUnsafeBytes, rangeChunks, saveChunks, windowBytes } from '../limits.js'
import type { ScheduleLimits } from './schedule.js'

export const defaultScheduleLimits: ScheduleLimits = {
  windowChunks: windowBytes / chunkBytes,
  rangeChunks,
  unsafeChunks: maxUnsafeBytes / chunkBytes,
  saveChunks
}
