/** How exactly it is remembered when a record was last vouched for: each time is a write. */
export const confirmationStepMs = 30_000
