/**
 * Signed records that clients and servers both make or verify. Each function gives a value whose signature, sizes and
 * fields were checked, or throws; the raw bytes are kept beside the fields, for hashing and passing on.
 */
export * from './account-record.js'
export * from './account-register.js'
export * from './device-records.js'
