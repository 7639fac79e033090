import { stringify } from 'yaml';
import { z } from 'zod';
import { exampleOf, type Shape, shapeOf } from './examples.ts';
import { type ConfigGroup, type ConfigKey, configTree, isGroup, metaOf, unwrap } from './keys.ts';
import { inline } from './render.ts';

const INTRODUCTION = `<!-- Made from the schema by "npm run docs": change src/platform/config/schema.ts or markdown.ts instead. -->

# Configuration

Every setting has a default: an empty file, or none, is a good one. Kinora looks for a setting in this order, and the first
place that has it wins:

1. the command line: \`--port\`, \`--host\`, \`--data\`;
2. the environment: \`http.port\` is \`KINORA_HTTP_PORT\`, \`uploads.maxSizeGb\` is \`KINORA_UPLOADS_MAX_SIZE_GB\`;
3. the YAML file: \`--config FILE\`, else what \`KINORA_CONFIG\` names, else \`kinora.yaml\` in the data folder;
4. what an admin chose in the browser, for the settings that can be changed there;
5. the default.

\`kinora config\` prints what is in force and where each value came from. What cannot be understood stops the start, with the
file's line and, for a misspelt name, the one that was probably meant.

- **Paths** start at the folder of the file they are written in; those of the environment and the command line at the current
  folder. \`~/\` is your home.
- **Lists** in the environment are separated by commas (\`KINORA_ENCODING_HEIGHTS=1080,720\`); lists of more than plain
  values are JSON.
- **Yes and no** in the environment are \`true\`, \`yes\`, \`on\` or \`1\`, and \`false\`, \`no\`, \`off\` or \`0\`.
- **Secrets** can come from a file: \`KINORA_ACCOUNTS_SECRET_FILE=/run/secrets/kinora\` (Docker, systemd's \`LoadCredential=\`).
  They are never printed.

A file with everything in it, commented out, is [config/default.yaml](../config/default.yaml).
`;

/** The text of `docs/configure.md`: every key with its type, default, variable, meaning and an example. */
export function renderConfigMarkdown(): string {
  const { children } = configTree();
  return `${INTRODUCTION}\n${overview(children)}${children.map((child) => renderSection(child)).join('')}`;
}

function overview(sections: (ConfigKey | ConfigGroup)[]): string {
  const rows = sections.map((node) => `| [\`${nameOf(node)}\`](#${nameOf(node)}) | ${cell(node.description)} |\n`);
  return `| section | what it is about |\n| --- | --- |\n${rows.join('')}`;
}

function renderSection(node: ConfigKey | ConfigGroup, level = 2): string {
  const heading = `\n${'#'.repeat(level)} ${nameOf(node)}\n\n`;
  if (!isGroup(node)) return heading + renderKey(node);
  return `${heading}${node.description}\n${node.children.map((child) => renderSection(child, level + 1)).join('')}`;
}

const IN_BROWSER = { now: 'yes, in force at once', restart: 'yes, in force after a restart' };

function renderKey(key: ConfigKey): string {
  const fallback = key.default === undefined || key.default === '' ? 'none' : `\`${inline(key.default)}\``;
  const variable = key.secret ? `\`${key.env}\` or \`${key.env}_FILE\`` : `\`${key.env}\``;
  const lines = [
    `- Type: ${typeOf(key)}`,
    `- Default: ${fallback}`,
    `- Environment: ${variable}`,
    `- In the browser: ${key.editable ? IN_BROWSER[key.editable] : 'no'}`,
  ];
  return `${key.description}\n\n${lines.join('\n')}\n${itemTable(key)}\n\`\`\`yaml\n${exampleYaml(key)}\`\`\`\n`;
}

/** The example of a key as it stands in the file, under its section. */
export function exampleYaml(key: ConfigKey): string {
  const value = [...key.path].reverse().reduce<unknown>((inner, name) => ({ [name]: inner }), exampleOf(key));
  return stringify(value, { lineWidth: 0, singleQuote: true });
}

/** The fields of each item, for lists of objects. */
function itemTable(key: ConfigKey): string {
  const schema = unwrap(key.schema);
  const item = schema instanceof z.ZodArray ? unwrap(schema.element) : null;
  if (!(item instanceof z.ZodObject)) return '';
  const rows = Object.entries(item.shape as Record<string, z.ZodType>).map(
    ([name, field]) =>
      `| \`${name}\` | ${cell(describeShape(shapeOf(field)))} | ${cell(metaOf(field).description ?? '')} |\n`,
  );
  return `\n| field | type | meaning |\n| --- | --- | --- |\n${rows.join('')}`;
}

function typeOf(key: ConfigKey): string {
  if (key.file === 'command') return 'path of a program, or its name';
  if (key.file === 'folder') return 'path of a folder';
  return describeShape(shapeOf(key.schema));
}

function describeShape(shape: Shape): string {
  if (shape.anyOf) return shape.anyOf.map(describeShape).join(', or ');
  if (shape.const !== undefined) return `\`${inline(shape.const)}\``;
  if (shape.enum) return shape.enum.map((choice) => `\`${inline(choice)}\``).join(', ');
  if (shape.type === 'array') return shape.items?.type === 'object' ? 'list' : `list of ${describeShape(shape.items!)}`;
  if (shape.type === 'integer') return `whole number${range(shape)}`;
  if (shape.type === 'number') return `number${range(shape)}`;
  return shape.type === 'boolean' ? '`true` or `false`' : shape.type === 'object' ? 'group' : 'text';
}

function range({ minimum, maximum, exclusiveMinimum }: Shape): string {
  // zod bounds whole numbers by what a double holds exactly, which says nothing to people.
  const most = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? null : maximum;
  if (exclusiveMinimum !== undefined) return ` above ${exclusiveMinimum}${most === null ? '' : `, up to ${most}`}`;
  if (minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER) return most === null ? '' : ` up to ${most}`;
  return most === null ? `, at least ${minimum}` : ` from ${minimum} to ${most}`;
}

const nameOf = ({ path }: ConfigKey | ConfigGroup) => path.join('.');
const cell = (text: string) => text.replaceAll('|', '\\|');
