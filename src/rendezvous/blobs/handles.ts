/** What a writer and a reader of an open file are given. */
import { isP2pChatError } from '../../errors.js'
import type { Unknown } from '../registers/index.js'
import type { BlobReader, BlobWriter } from './index.js'
import type { OpenBlob } from './open-blob.js'

/**
 * @param release called once, at its end
 * @param isCopy what comes was left elsewhere: it makes the file no younger
 */
export function writerOf (blob: OpenBlob, release: () => Promise<void>, isCopy = false): BlobWriter {
  blob.writers++
  // Failures of the disk before anything was added: with one more, something of it may be lost, also if it failed before
  // it was asked.
  let failures: number | undefined
  return {
    status: () => blob.status(),
    addLeaves: async (piece, leaves, path) => {
      failures ??= blob.failures
      await blob.addLeaves(piece, leaves, path)
    },
    addChunk: async (index, sealed) => {
      failures ??= blob.failures
      await blob.addChunk(index, sealed, isCopy)
    },
    kept: async () => await honest(async () => {
      const before = failures
      try {
        await blob.committed()
      } finally {
        // What is told as unknown is told once: what comes next starts anew.
        if (blob.failures !== before) failures = undefined
      }
      if (before !== undefined && blob.failures !== before) return { outcome: 'unknown' }
      const { keptChunks, expiresAtMs, replicas, servers } = blob.status()
      return { outcome: 'kept', keptChunks, expiresAtMs, replicas, servers }
    }),
    close: once(async () => {
      blob.writers--
      await release()
    })
  }
}

/** @param release called once, at its end */
export function readerOf (blob: OpenBlob, release: () => Promise<void>): BlobReader {
  const ends: Array<() => void> = []
  return {
    chunks: blob.record.chunks,
    has: (index) => blob.has(index),
    hasLeaves: (piece) => blob.hasLeaves(piece),
    growing: () => blob.writers > 0,
    chunk: async (index) => await blob.chunk(index),
    lost: (index) => { blob.lost(index) },
    leaves: async (piece) => await blob.leaves(piece),
    onChange: (listener) => { ends.push(blob.onChange(listener)) },
    close: once(async () => {
      for (const end of ends) end()
      await release()
    })
  }
}

/** A disk that refuses is told as an outcome that nobody knows. */
export async function honest<T> (task: () => Promise<T>): Promise<T | Unknown> {
  try {
    return await task()
  } catch (error) {
    if (isP2pChatError(error, 'ERR_STORE_IO', 'ERR_CLOSED')) return { outcome: 'unknown' }
    throw error
  }
}

function once (task: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return async () => {
    done ??= task()
    await done
  }
}
