/** Shorter ones fall to guessing at Argon2 cost within days. */
export const minPasswordChars = 8
/** OPAQUE hashes it anyway; this only bounds what is typed or piped in. */
export const maxPasswordChars = 1_024
/** Compare-and-set attempts when several devices change the account at once, or the pool its setup of passwords. */
export const maxWriteAttempts = 4
