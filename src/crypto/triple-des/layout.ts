/** Where things are in the linear memory of the bitslice, in bytes; the generator and its driver agree on it here. */

/** Blocks enciphered at once, one in each bit of a v128. */
export const LANES = 128
/** Bytes of keystream of one batch. */
export const BATCH_BYTES = LANES * 8

/** The 24 key bytes, then the 4 prefix bytes. */
export const KEY_ADDRESS = 0
export const PREFIX_ADDRESS = 24

/** The state: two halves of 32 v128, one per bit of the block. */
export const STATE_ADDRESS = 64
export const HALF_BYTES = 32 * 16

/** The keystream half way back to bytes: 64 v128. */
export const TRANSPOSED_ADDRESS = STATE_ADDRESS + 2 * HALF_BYTES

/** A key or prefix bit as a mask: a v128 of zeros or ones. (Loads that spread out a smaller mask are slower in V8.) */
export const MASK_BYTES = 16

/** The masks of the 32 prefix bits. */
export const PREFIX_MASKS_ADDRESS = TRANSPOSED_ADDRESS + BATCH_BYTES

/**
 * Per DES key, the masks of its bits in the order of C, then of D. Each of the two is there twice in a row, so that a
 * rotated reading never wraps, and once more complemented.
 */
export const MASKS_ADDRESS = PREFIX_MASKS_ADDRESS + 32 * MASK_BYTES
export const MASK_RUN_BYTES = 2 * 28 * MASK_BYTES
export const MASKS_PER_KEY_BYTES = 4 * MASK_RUN_BYTES

/** Everything below this address is the key or was made from the key, and is wiped after each call. */
export const SECRET_BYTES = MASKS_ADDRESS + 3 * MASKS_PER_KEY_BYTES

/** Where the driver puts data to be enciphered in place. */
export const DATA_ADDRESS = 16384
export const MEMORY_PAGES = 2
export const DATA_BYTES = MEMORY_PAGES * 65536 - DATA_ADDRESS
