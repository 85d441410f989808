/** Whose messages are taken. Pure. */

/** `open`: anybody on the pool may write; `request`: the first messages of a stranger wait until the user accepts them. */
export type ContactsPolicy = 'open' | 'request'

/** What the user decided about somebody. */
export type Decision = 'accepted' | 'blocked'

/** `asks`: what they write waits for the user; `blocked`: it is dropped. Neither is told that anything arrived. */
export type Admission = 'welcome' | 'asks' | 'blocked'

export function admissionOf (contact: { decision?: Decision, talked: boolean } | undefined, policy: ContactsPolicy): Admission {
  if (contact?.decision === 'blocked') return 'blocked'
  // Whom one wrote to, or talked with before, does not have to ask.
  return policy === 'open' || contact?.decision === 'accepted' || contact?.talked === true ? 'welcome' : 'asks'
}
