import { P2pChatError } from '../../../../src/errors.js'
import { toHex } from '../../../../src/node/home/hex.js'
import { encode } from '../../../../src/protocol/codec.js'
import * as pb from '../../../../src/protocol/pb/service.js'
import { applyEntry, encodeGroupState, type GroupHead, type GroupState, type VerifiedGroupEntry } from '../../../../src/records/group/index.js'
import { FakeChannel } from '../../pool/fake-channel.js'

/** A server with one log, which a test may have say what it likes. */
export class FakeLogServer {
  readonly channel: FakeChannel
  /** Entries as they are given out. */
  entries: Uint8Array[]
  /** What is said of the head; default: the newest of the entries. */
  head: GroupHead | undefined
  state: GroupState
  checkpoint: { sequence: number, state: Uint8Array } | undefined
  /** Called before each request is worked on, and after; what it throws is answered. */
  before: (method: string) => void = () => {}
  after: (method: string) => void = () => {}
  /** Bytes of all answers. */
  answeredBytes = 0

  constructor (log: { entries: VerifiedGroupEntry[], state: GroupState }) {
    this.entries = log.entries.map(({ signed }) => signed)
    this.state = log.state
    const answers = { 'groups/read': this.#read, 'groups/append': this.#append, 'groups/checkpoint': this.#checkpoint }
    this.channel = new FakeChannel(Object.fromEntries(Object.entries(answers).map(([method, answer]) => [method, (body: Uint8Array) => {
      this.before(method)
      const bytes = answer(body)
      this.answeredBytes += bytes.byteLength
      this.after(method)
      return bytes
    }])))
  }

  get id (): string {
    return toHex(this.state.groupId)
  }

  append (entry: Pick<VerifiedGroupEntry, 'signed'>): void {
    this.state = applyEntry(this.state, entry.signed)
    this.entries.push(entry.signed)
  }

  /** The next entry is a checkpoint of what is there now. */
  remember (): void {
    this.checkpoint = { sequence: this.state.head.sequence + 1, state: encodeGroupState(this.state) }
  }

  readonly #read = (body: Uint8Array): Uint8Array => {
    const { afterSequence, maxBytes } = pb.GroupReadRequest.decode(body)
    const entries: Uint8Array[] = []
    let bytes = 0
    for (const entry of this.entries.slice(Number(afterSequence))) {
      bytes += entry.byteLength
      if (entries.length > 0 && bytes > maxBytes) break
      entries.push(entry)
    }
    return encode(pb.GroupReadResponse, { entries, head: this.#wireHead() })
  }

  readonly #append = (body: Uint8Array): Uint8Array => {
    const { entry } = pb.GroupAppendRequest.decode(body)
    if (!this.entries.some((known) => Buffer.compare(known, entry) === 0)) this.append({ signed: entry })
    return encode(pb.GroupHead, this.#wireHead())
  }

  readonly #checkpoint = (body: Uint8Array): Uint8Array => {
    const from = Number(pb.GroupCheckpointRequest.decode(body).offset)
    if (this.checkpoint === undefined) throw new P2pChatError('ERR_NOT_FOUND', 'There is no checkpoint.')
    const { sequence, state } = this.checkpoint
    return encode(pb.GroupCheckpointResponse, { sequence: BigInt(sequence), totalBytes: BigInt(state.byteLength), piece: state.subarray(from, from + 4_000) })
  }

  #wireHead (): { groupId: Uint8Array, sequence: bigint, headHash: Uint8Array } {
    const head = this.head ?? this.state.head
    return { groupId: this.state.groupId, sequence: BigInt(head.sequence), headHash: head.hash }
  }
}
