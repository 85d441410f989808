import type { CommandSpec } from '../command.js'

const SHELLS = ['bash', 'zsh', 'fish'] as const

export const completion: CommandSpec = {
  name: 'completion',
  args: '<shell>',
  completes: ['shell'],
  summary: 'print the completion script for bash, zsh or fish',
  details: [
    'bash: put `source <(p2pchat completion bash)` into ~/.bashrc.',
    'zsh: the same in ~/.zshrc, after compinit.',
    'fish: p2pchat completion fish > ~/.config/fish/completions/p2pchat.fish'
  ],
  examples: ['completion bash'],
  inShell: false,
  async run (context, given) {
    const { completionScript } = await import('../completion.js')
    const shell = SHELLS.find((name) => name === given.args[0])
    const script = completionScript(shell ?? given.args[0] ?? '', context.specs)
    await context.out.show({ event: 'completion', shell, script }, [script.trimEnd()])
  }
}
