import { stringify } from 'yaml';
import { exampleOf } from './examples.ts';
import { type ConfigGroup, type ConfigKey, configKeys, configTree, isGroup, valueAt } from './keys.ts';
import type { ConfigOrigins } from './load.ts';
import type { Config } from './schema.ts';

const HEADER = `# Every setting of Kinora with its default. Made from the schema: change src/platform/config/schema.ts instead.
#
# Copy what you need to kinora.yaml in the data folder (or anywhere, with --config) and take the "#" off.
# Each can also be given in the environment: http.port is KINORA_HTTP_PORT, uploads.maxSizeGb is KINORA_UPLOADS_MAX_SIZE_GB.
# Relative paths start at the folder of the file they are written in. See what is in force: kinora config
`;

/** The text of `config/default.yaml`: every key with its meaning and its default, commented out. */
export function renderDefaultYaml(): string {
  return `${HEADER}${configTree()
    .children.map((child) => `\n${render(child, '')}`)
    .join('')}`;
}

/** Comments have a space after the "#", keys to uncomment have none. */
function render(node: ConfigKey | ConfigGroup, indent: string): string {
  const name = node.path.at(-1)!;
  const comment = `${indent}# ${node.description}\n`;
  if (isGroup(node)) {
    const children = node.children.map((child) => render(child, `${indent}  `)).join('');
    return `${comment}${indent}${name}:\n${children}`;
  }
  const value = node.default ?? '';
  const example = node.kind === 'json' ? `${block(name, exampleOf(node), `${indent}# `)}` : '';
  return `${comment}${example}${indent}#${name}: ${inline(value)}\n`;
}

function block(name: string, value: unknown, start: string): string {
  const lines = stringify({ [name]: value })
    .trimEnd()
    .split('\n');
  return lines.map((line) => `${start}${line}\n`).join('');
}

/** A value on one line, quoted only where YAML needs it. */
export function inline(value: unknown): string {
  return stringify(value, {
    collectionStyle: 'flow',
    flowCollectionPadding: false,
    lineWidth: 0,
    singleQuote: true,
  }).trim();
}

/** What is in force and why, one line a key, for `kinora config`. Secrets are only said to be there. */
export function describeConfig(config: Config, origins: ConfigOrigins): string {
  const rows = configKeys().map((key) => {
    const value = valueAt(config, key.path);
    const shown = value === undefined ? '(not set)' : key.secret ? '(hidden)' : inline(value);
    return { text: `${key.name}: ${shown}`, origin: origins[key.name] ?? 'default' };
  });
  const width = Math.min(60, Math.max(...rows.map((row) => row.text.length)));
  return rows.map(({ text, origin }) => `${text.padEnd(width)}  # ${origin}\n`).join('');
}
