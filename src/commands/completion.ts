import { Argument, type Command } from 'commander';
import { bashScript, fishScript, zshScript } from './completion-scripts.ts';
import { completionTree } from './completion-tree.ts';
import { examples } from './options.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** `kinora completion SHELL` prints what a shell needs to complete commands, options and their values. */
export function completionCommand(program: Command): void {
  examples(
    program
      .command('completion')
      .description('print what a shell needs to complete commands and options')
      .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SCRIPTS))),
    [
      'completion bash > /etc/bash_completion.d/kinora',
      'completion zsh > /usr/local/share/zsh/site-functions/_kinora',
      'completion fish > ~/.config/fish/completions/kinora.fish',
    ],
  ).action((shell: keyof typeof SCRIPTS) => {
    process.stdout.write(SCRIPTS[shell](completionTree(program)));
  });
}
