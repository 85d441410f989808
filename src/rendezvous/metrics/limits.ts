/** Upper bounds of the buckets of times, in seconds: an answer from memory to one that its asker no longer waits for. */
export const durationBucketsSeconds = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
/** A reading asks the disk how much is free: not for each of several scrapers. */
export const readingsTtlMs = 10_000
/** How often the delay of the event loop is looked at. */
export const eventLoopResolutionMs = 20
/** Scrapers that may be connected at the same time; there is one, or two in a high-available pair. */
export const maxScrapers = 16
/** A scraper that sends its request no faster is none. */
export const requestTimeoutMs = 5_000
