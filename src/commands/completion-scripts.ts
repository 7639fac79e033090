import type { CompletionNode, Values } from './completion-tree.ts';

/** Completion scripts: tables made of the tree, and below them the few lines that look into them. */

/** For bash 3.2 or newer, without the bash-completion package. */
export function bashScript(tree: readonly CompletionNode[]): string {
  return `# Completion of kinora for bash. Made by "kinora completion bash": change nothing here.
_kinora() {
  local cur=\${COMP_WORDS[COMP_CWORD]} at='' takes='' words='' kind='' given=0 n word
  for ((n = 1; n < COMP_CWORD; n++)); do
    word=\${COMP_WORDS[n]}
    # What belongs to the option before it is neither a command nor an argument.
    if [[ -n $takes && $word == '=' ]]; then continue; fi
    if [[ -n $takes ]]; then takes='' kind=''; continue; fi
    case $word in
      --*=*) ;;
      -*) _kinora_value "$at" "$word" ;;
      *) if _kinora_is_command "$at" "$word"; then at="\${at:+$at }$word"; else ((given++)); fi ;;
    esac
  done
  # COMP_WORDBREAKS makes "--data=x" three words.
  if [[ $cur == '=' && -n $takes ]]; then cur=''; fi
  if [[ -z $takes ]]; then
    if [[ $cur == -* ]]; then _kinora_options "$at"; else _kinora_words "$at" "$given"; fi
  fi
  COMPREPLY=()
  if [[ $kind == words ]]; then COMPREPLY=($(compgen -W "$words" -- "$cur")); return; fi
  # Names may have spaces in them.
  local IFS=$'\n'
  compopt -o filenames 2>/dev/null
  case $kind in
    files) COMPREPLY=($(compgen -f -- "$cur")) ;;
    folders) COMPREPLY=($(compgen -d -- "$cur")) ;;
  esac
}
${tables(tree, BASH)}
complete -F _kinora kinora
`;
}

/** For zsh 5 or newer: \`compinit\` finds it as \`_kinora\` in \`fpath\`. */
export function zshScript(tree: readonly CompletionNode[]): string {
  return `#compdef kinora
# Completion of kinora for zsh. Made by "kinora completion zsh": change nothing here.
_kinora() {
  local at='' takes='' kind='' word; local -i n given=0; local -a items
  for ((n = 2; n < CURRENT; n++)); do
    word=$words[n]
    if [[ -n $takes ]]; then takes='' kind=''; continue; fi
    case $word in
      --*=*) ;;
      -*) _kinora_value "$at" "$word" ;;
      *) if _kinora_is_command "$at" "$word"; then at="\${at:+$at }$word"; else ((given++)); fi ;;
    esac
  done
  if [[ -z $takes ]]; then
    if [[ $words[CURRENT] == -* ]]; then _kinora_options "$at"; else _kinora_words "$at" $given; fi
  fi
  case $kind in
    files) _files ;;
    folders) _files -/ ;;
    words) _describe 'kinora' items ;;
  esac
}
${tables(tree, ZSH)}
if [[ $funcstack[1] == _kinora ]]; then _kinora "$@"; else compdef _kinora kinora; fi
`;
}

/** For fish 3 or newer. */
export function fishScript(tree: readonly CompletionNode[]): string {
  const lines = tree.flatMap((node) => {
    const here = `complete -c kinora -n ${fishQuoted(`__kinora_at '${node.path}'`)}`;
    const commands = node.commands.map(({ name, description }) => `${here} -a ${name} -d ${fishQuoted(description)}`);
    const options = node.options.map(({ flags, description, value }) => {
      const named = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
      return `${here} ${named.join(' ')} -d ${fishQuoted(description)}${value === null ? '' : fishOption(value)}`;
    });
    const values = node.values.map((value) => `${here}${fishValue(value)}`).filter((line) => line !== here);
    return [...commands, ...options, ...new Set(values)];
  });
  const known = tree.flatMap(({ path, commands }) => commands.map(({ name }) => fishQuoted(`${path} ${name}`.trim())));
  return `# Completion of kinora for fish. Made by "kinora completion fish": change nothing here.
set -g __kinora_commands ${known.join(' ')}
function __kinora_at
  set -l at ''
  for word in (commandline -opc)[2..-1]
    set -l next (string trim -- "$at $word")
    contains -- $next $__kinora_commands; and set at $next
  end
  test "$at" = "$argv[1]"
end
complete -c kinora -f
${lines.join('\n')}
`;
}

/** How a shell writes down what can be offered. */
interface Dialect {
  words(items: readonly { name: string; description: string }[]): string;
}

const BASH: Dialect = { words: (items) => `words='${items.map(({ name }) => name).join(' ')}'` };

/** `_describe` takes `name:description`, or a name alone. */
const ZSH: Dialect = {
  words(items) {
    const quoted = items.map(({ name, description }) => (description ? `${name}:${description}` : name));
    return `items=(${quoted.map((item) => `'${item.replaceAll("'", "'\\''")}'`).join(' ')})`;
  },
};

/** The functions that look into the tree, in the words that bash and zsh share. */
function tables(tree: readonly CompletionNode[], shell: Dialect): string {
  const offer = (value: Values) =>
    typeof value === 'string'
      ? `kind=${value}`
      : `kind=words; ${shell.words(value.map((name) => ({ name, description: '' })))}`;
  const isCommand = tree.flatMap(({ path, commands }) =>
    commands.map(({ name }) => `    '${path}/${name}') return 0 ;;`),
  );
  const options = tree.map(({ path, options: all }) => {
    const items = all.flatMap(({ flags, description }) => flags.map((name) => ({ name, description })));
    return `    '${path}') ${shell.words(items)} ;;`;
  });
  const values = tree.flatMap(({ path, options: all }) =>
    all.flatMap(({ flags, value }) =>
      value === null ? [] : flags.map((flag) => `    '${path}/${flag}') takes=1; ${offer(value)} ;;`),
    ),
  );
  const words = tree.map(({ path, commands, values: wanted }) => {
    const found = commands.length > 0 ? `kind=words; ${shell.words(commands)}` : byPosition(wanted, offer);
    return `    '${path}') ${found} ;;`;
  });
  return `_kinora_is_command() {
  case "$1/$2" in
${isCommand.join('\n')}
  esac
  return 1
}
_kinora_options() {
  kind=words
  case "$1" in
${options.join('\n')}
  esac
}
_kinora_value() {
  case "$1/$2" in
${values.join('\n')}
  esac
}
_kinora_words() {
  case "$1" in
${words.join('\n')}
  esac
}`;
}

/** By how many arguments there are already; the last kind goes on. */
function byPosition(values: readonly Values[], write: (value: Values) => string): string {
  if (values.length === 0) return ':';
  const cases = values.map((value, n) => `${n === values.length - 1 ? '*' : n}) ${write(value)} ;;`);
  return `case $2 in ${cases.join(' ')} esac`;
}

const fishQuoted = (text: string) => `"${text.replaceAll(/[\\"$]/g, '\\$&')}"`;

/** What an option takes: files only where files are wanted, for `-r` alone offers them as well. */
const fishOption = (value: Values) => (value === 'files' ? ' -r -F' : ` -x${fishValue(value)}`);

function fishValue(value: Values): string {
  if (value === 'files') return ' -F';
  if (value === 'folders') return ' -a "(__fish_complete_directories)"';
  return value === 'nothing' ? '' : ` -a ${fishQuoted(value.join(' '))}`;
}
