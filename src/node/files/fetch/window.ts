import { chunkBytes } from '../../../crypto/file/index.js'
import { maxUnsafeBytes, minWindowBytes, nearMs, queueMs, rangeChunks, saveChunks, windowBytes } from '../limits.js'
import type { ScheduleLimits } from './schedule.js'

export const defaultScheduleLimits: ScheduleLimits = {
  windowChunks: windowBytes / chunkBytes,
  minWindowChunks: minWindowBytes / chunkBytes,
  queueMs,
  nearMs,
  rangeChunks,
  unsafeChunks: maxUnsafeBytes / chunkBytes,
  saveChunks
}
