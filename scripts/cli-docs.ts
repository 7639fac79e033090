import { join } from 'node:path';
import type { Command } from 'commander';
import { EXIT_MEANINGS } from '../src/commands/exit.ts';
import { createProgram } from '../src/commands/program.ts';

export const CLI_DOCS = join(import.meta.dirname, '..', 'docs', 'cli.md');

/** docs/cli.md, made of the tree of commands: the same on every machine. */
export function cliDocs(program = createProgram()): string {
  const sections = program.commands.flatMap((command) => sectionsOf(command, '##', ['kinora']));
  return `${[INTRODUCTION, exitCodes(), ...sections].join('\n\n')}\n`;
}

const INTRODUCTION = `# The command line

<!-- Made by "npm run docs" out of the commands themselves: change nothing here. -->

\`kinora COMMAND --help\` says what is here. In a clone of the repository, \`npm run kinora -- COMMAND\` runs it; in a container,
\`docker exec -it NAME kinora COMMAND\`.

Commands that are about what is in an instance (\`user\`, \`library\`, \`scan\`, \`video\`, \`jobs\`) work while the server runs: they ask it,
by the file \`kinora.channel\` of the data folder, which only the user that runs Kinora can read. Where no server runs they do it
themselves, and what needs a running server ends with code 3. Whoever may run commands on the data folder has an admin's rights;
what is changed is in the server's log, with the name of who was signed in to the machine.

Lists are tables as wide as the terminal, without colours; \`--json\` prints them for programs, with all fields of the API.`;

function exitCodes(): string {
  const rows = EXIT_MEANINGS.map(([code, meaning]) => `| ${code} | ${meaning} |`);
  return ['## Exit codes', '', '| code | meaning |', '| ---: | --- |', ...rows].join('\n');
}

function sectionsOf(command: Command, heading: string, above: readonly string[]): string[] {
  const help = command.createHelp();
  const words = [...above, command.name()];
  const parts = [`${heading} ${words.join(' ')}`, sentence(command.description())];
  if (command.commands.length === 0) parts.push(fenced([help.commandUsage(command)], 'text'));
  const options = help.visibleOptions(command).filter(({ long }) => long !== '--help');
  if (options.length > 0) {
    const rows = options.map((option) => `| \`${option.flags}\` | ${cell(help.optionDescription(option))} |`);
    parts.push(['| option | |', '| --- | --- |', ...rows].join('\n'));
  }
  const typed = command.commands.length === 0 ? examplesOf(command) : [];
  if (typed.length > 0) parts.push(fenced(typed, 'sh'));
  const below = command.commands.flatMap((child) => sectionsOf(child, `${heading}#`, words));
  return [parts.join('\n\n'), ...below];
}

/** What stands below "Examples:" in its help. */
function examplesOf(command: Command): string[] {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => 1000 });
  command.outputHelp();
  const lines = (text.split('\nExamples:\n')[1] ?? '').split('\n');
  return lines.filter((line) => line.startsWith('  $ ')).map((line) => line.slice(4));
}

const FENCE = '```';
const fenced = (lines: readonly string[], language: string) => [`${FENCE}${language}`, ...lines, FENCE].join('\n');
const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
const cell = (text: string) => text.replaceAll('|', '\\|');
