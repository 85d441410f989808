/** What a line typed in the shell can mean. */
export type Input =
  | { kind: 'nothing' }
  /** a line in a room */
  | { kind: 'say', text: string }
  | { kind: 'leave' }
  /** a person or a group */
  | { kind: 'enter', name: string }
  | { kind: 'send', to: string, text: string }
  /** names, or numbers of the last list */
  | { kind: 'group-send', groups: string[], text: string }
  /** `asks`: nobody was named, so participants are asked for one after the other */
  | { kind: 'create', argv: string[], asks: boolean }
  /** as on the command line */
  | { kind: 'run', argv: string[], hint?: string, inBackground?: boolean }
  | { kind: 'help', words: string[] }
  | { kind: 'menu' }
  | { kind: 'exit' }
  | { kind: 'wrong', message: string }
