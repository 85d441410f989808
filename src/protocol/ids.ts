/** Protocol ids. A change that old peers cannot read gets a new number, and both are served for a while. */
export const POOL_PROTOCOL = '/p2pchat/pool/1'
export const PEER_PROTOCOL = '/p2pchat/peer/1'
/** Between servers of one pool. */
export const SERVER_PROTOCOL = '/p2pchat/server/1'
/** Chunks of files, between the servers of one pool. */
export const SERVER_BLOB_PROTOCOL = '/p2pchat/server-blob/1'
export const DHT_PROTOCOL = '/p2pchat/kad/1'
/** A file is fetched, from a device or a server of the pool. */
export const FILE_PROTOCOL = '/p2pchat/file/1'
/** A file is left on a server of the pool. */
export const BLOB_PROTOCOL = '/p2pchat/blob/1'

/** Said by both sides in the first frame of a channel; unknown ones are ignored. */
export const CAPABILITIES = ['text/1'] as const

/** Cipher suite 1: X25519, Ed25519, SHA-256, 3DES-EDE3-CTR, HMAC-SHA256. Part of the authenticated data. */
export const SUITE = 1
/** Version of the end-to-end format. Part of the authenticated data. */
export const VERSION = 1
