/** That a file of the database is not what was written; the message says of which and what, for whoever looks into it. */
export class Damage extends Error {
  override readonly name = 'Damage'
}
