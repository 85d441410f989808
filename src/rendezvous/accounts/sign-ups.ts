import { P2pChatError } from '../../errors.js'
import { decode, encode } from '../../protocol/codec.js'
import { SignUpRegister } from '../../protocol/pb/sign-up-register.js'
import { maxRaces } from '../limits.js'
import { asError } from '../outcome.js'
import type { Register, Registers } from '../registers/index.js'

/** Whether a pool takes new accounts. */
export type SignUpState = 'open' | 'closed'

const NAME = 'sign-up'
const maxBytes = 64

/** Whether the pool takes new accounts, as a register: all servers agree at once. */
export class SignUps {
  readonly #registers: Registers

  constructor (registers: Registers) {
    this.#registers = registers
  }

  /** @throws ERR_UNKNOWN_OUTCOME, ERR_OVERLOADED */
  async state (): Promise<SignUpState> {
    return stateOf(await this.#read())
  }

  /** Repeatable. @throws ERR_UNKNOWN_OUTCOME, ERR_OVERLOADED */
  async set (state: SignUpState): Promise<void> {
    for (let race = 0; race < maxRaces; race++) {
      const register = await this.#read()
      if (stateOf(register) === state) return
      const written = await this.#registers.compareAndSet(NAME, register?.version ?? 0, encode(SignUpRegister, { closed: state === 'closed' }))
      if (written.outcome === 'written') return
      if (written.outcome !== 'conflict') throw asError(written)
    }
    throw new P2pChatError('ERR_OVERLOADED', 'Another server sets this just now. Try again shortly.', { retryAfterMs: 1_000 })
  }

  async #read (): Promise<Register | undefined> {
    const read = await this.#registers.read(NAME)
    if (read.outcome !== 'read') throw asError(read)
    return read.register
  }
}

export function signUpsClosed (): P2pChatError {
  return new P2pChatError('ERR_NOT_PERMITTED', 'This pool takes no new accounts. Ask whoever runs it to open it for you.')
}

function stateOf (register: Register | undefined): SignUpState {
  return register !== undefined && decode(SignUpRegister, register.value, maxBytes, 'The register of new accounts').closed ? 'closed' : 'open'
}
