import type { Argument, Command, Option } from 'commander';

/** What may be typed after a command: the same for every shell, out of commander's tree. */
export interface CompletionNode {
  /** Its words, such as "user sessions"; empty for the program itself. */
  path: string;
  commands: { name: string; description: string }[];
  options: CompletionOption[];
  /** What its arguments are, in order; the last one repeats. */
  values: Values[];
}

export interface CompletionOption {
  flags: string[];
  description: string;
  /** Null where it takes none. */
  value: Values | null;
}

/** What can be offered: files, folders, these words, or nothing. */
export type Values = 'files' | 'folders' | 'nothing' | readonly string[];

/** All commands, parents before their children. */
export function completionTree(program: Command): CompletionNode[] {
  return nodesOf(program, '');
}

function nodesOf(command: Command, path: string): CompletionNode[] {
  const help = command.createHelp();
  const children = command.commands;
  const byDefault = children.find(
    (child) => (command as { _defaultCommandName?: string })._defaultCommandName === child.name(),
  );
  const options = [...help.visibleOptions(command), ...(byDefault ? help.visibleOptions(byDefault) : [])];
  const node: CompletionNode = {
    path,
    commands: help.visibleCommands(command).map((child) => ({ name: child.name(), description: child.description() })),
    options: options.filter(isFirst).map((option) => ({
      flags: [option.short, option.long].filter((flag) => flag !== undefined),
      description: option.description,
      value: option.required || option.optional ? valuesOf(option, option.flags) : null,
    })),
    values: command.registeredArguments.map((argument) => valuesOf(argument, argument.name())),
  };
  return [node, ...children.flatMap((child) => nodesOf(child, `${path} ${child.name()}`.trim()))];
}

/** `<file>` and `<dir>` say what they want by their names. */
function valuesOf({ argChoices }: Argument | Option, name: string): Values {
  if (argChoices) return argChoices;
  if (/\b(?:files?|paths?)\b/.test(name)) return 'files';
  return /\b(?:dir|folders?)\b/.test(name) ? 'folders' : 'nothing';
}

const isFirst = (option: Option, n: number, all: Option[]) => all.findIndex(({ long }) => long === option.long) === n;
