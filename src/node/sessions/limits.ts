/** Sessions with one device that stay readable (Sesame keeps a few; docs/wire/sessions.md). */
export const maxSessions = 5
