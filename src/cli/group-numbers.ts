import { P2pChatError } from '../errors.js'
import { groupName } from './conversation.js'

/** The numbers of the last list of groups, which stand for their names in the shell. Names are never all digits. */
export class GroupNumbers {
  #names: string[] = []

  /** A new list begins; one that goes on where the last one ended keeps its numbers. */
  begin (after?: string): void {
    if (after === undefined || this.#names.at(-1) !== after) this.#names = []
  }

  get isEmpty (): boolean {
    return this.#names.length === 0
  }

  /** The group's number. */
  add (name: string): number {
    return this.#names.push(name)
  }

  /** The name that a number or a name stands for. @throws ERR_USAGE at a number that is not in the list; ERR_INVALID_NAME */
  nameOf (text: string): string {
    if (!/^\d+$/.test(text)) return groupName(text)
    const name = this.#names[Number(text) - 1]
    if (name !== undefined) return name
    throw new P2pChatError('ERR_USAGE', this.#names.length === 0
      ? `Which group is ${text}? Numbers are those of the last list: LISTGRP or SHOW_MY_GROUPS shows one.`
      : `The last list of groups ends at ${this.#names.length}; there is no number ${text} in it.`)
  }
}
