import { readFileSync } from 'node:fs';
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { z } from 'zod';
import { type ConfigGroup, type ConfigKey, configKeys, configTree, isGroup, unwrap, valueAt } from './keys.ts';
import { nearest } from './nearest.ts';
import { type ConfigProblem, explainIssue } from './problems.ts';
import { ConfigSchema } from './schema.ts';
import { decodeConfigText, explainUnreadable, explainYamlError } from './yaml-mistakes.ts';

export interface ConfigFile {
  /** What the file says, checked but without defaults; empty when there are problems. */
  values: Record<string, unknown>;
  problems: ConfigProblem[];
  /** `kinora.yaml:12` for a key that the file sets. */
  placeOf(path: string[]): string;
}

/** Reads the YAML file and checks every key of it, each problem with its line and column. */
export function readConfigFile(file: string): ConfigFile {
  let text: string;
  try {
    text = decodeConfigText(readFileSync(file));
  } catch (error) {
    const message = explainUnreadable(error as NodeJS.ErrnoException);
    return { values: {}, problems: [{ where: file, message }], placeOf: () => file };
  }
  return parseConfigFile(file, text);
}

/** As `readConfigFile`, for text that has been read; `file` is what the problems call it. */
export function parseConfigFile(file: string, text: string): ConfigFile {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const lineAt = (offset: number) => lineCounter.linePos(offset);
  const at = (offset: number) => `${file}:${lineAt(offset).line}:${lineAt(offset).col}`;
  const placeOf = (path: string[]) => `${file}:${lineAt(offsetOf(document.contents, path)).line}`;
  const failed = (problems: ConfigProblem[]): ConfigFile => ({ values: {}, problems, placeOf });

  if (document.errors.length > 0) {
    return failed(document.errors.map((error) => ({ where: at(error.pos[0]), message: explainYamlError(error) })));
  }
  let root: unknown;
  try {
    root = document.toJS() ?? {};
  } catch (error) {
    // Aliases that multiply without end.
    return failed([{ where: file, message: (error as Error).message }]);
  }
  if (
    !isMap(document.contents) &&
    document.contents !== null &&
    !(isScalar(document.contents) && document.contents.value === null)
  ) {
    return failed([{ where: at(0), message: 'must be sections such as "http:", with their keys below them' }]);
  }
  const values = dropEmptySections(root as Record<string, unknown>, configTree());
  const parsed = ConfigSchema.safeParse(values);
  if (parsed.success) return { values, problems: [], placeOf };

  const problems = parsed.error.issues.flatMap((issue) => {
    const path = issue.path as (string | number)[];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        offset: offsetOf(document.contents, [...path, key]),
        message: explainUnknownKey(path, key),
      }));
    }
    const value = valueAt(values, path);
    // Passwords of digits alone are numbers to YAML. A secret is not repeated in an error that lands in a log.
    const quotes = issue.code === 'invalid_type' && issue.expected === 'string' && typeof value === 'number';
    const reason = isSecret(path) && value !== undefined ? explainIssue(issue, SECRET) : explainIssue(issue, value);
    const message = `${path.join('.')}: ${reason}${quotes ? ': put quotes around it' : ''}`;
    return [{ offset: offsetOf(document.contents, path, 'value'), message }];
  });
  problems.sort((a, b) => a.offset - b.offset);
  return failed(problems.map(({ offset, message }) => ({ where: at(offset), message })));
}

const SECRET = '***';

const isSecret = (path: (string | number)[]) =>
  configKeys().some(({ secret, path: known }) => secret && known.join('.') === path.join('.'));

/** A section whose keys are all commented out reads as null: it is a section all the same. */
function dropEmptySections(values: Record<string, unknown>, group: ConfigGroup): Record<string, unknown> {
  const kept = { ...values };
  for (const child of group.children) {
    const key = child.path.at(-1)!;
    const value = kept[key];
    if (value === null && (isGroup(child) || child.kind === 'json')) delete kept[key];
    else if (isGroup(child) && typeof value === 'object' && value !== null && !Array.isArray(value)) {
      kept[key] = dropEmptySections(value as Record<string, unknown>, child);
    }
  }
  return kept;
}

function explainUnknownKey(path: (string | number)[], key: string): string {
  const name = [...path, key].join('.');
  const siblings = siblingKeys(path);
  const closest = nearest(key, siblings);
  if (closest) return `${name}: there is no such key; did you mean ${[...path, closest].join('.')}?`;
  // Right key, wrong section: `port` at the top is `http.port`.
  const elsewhere = configKeys().find((known: ConfigKey) => known.path.at(-1) === key);
  if (elsewhere) return `${name}: there is no such key; did you mean ${elsewhere.name}?`;
  return `${name}: there is no such key; here may be ${siblings.join(', ')}`;
}

/** The keys that are right at a place of the file. */
function siblingKeys(path: (string | number)[]): string[] {
  let schema = unwrap(ConfigSchema);
  for (const part of path) {
    if (schema instanceof z.ZodArray) schema = unwrap(schema.element);
    else if (schema instanceof z.ZodObject) schema = unwrap((schema.shape as Record<string, z.ZodType>)[part]!);
  }
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** Where a key, or its value, begins in the text; the nearest parent's place when it is not there itself. */
function offsetOf(root: unknown, path: (string | number)[], which: 'key' | 'value' = 'key'): number {
  let node = root as Node | null;
  let offset = node?.range?.[0] ?? 0;
  for (const [depth, part] of path.entries()) {
    if (isAlias(node)) break;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      if (!pair) break;
      const keyOffset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value as Node | null;
      const wantsKey = which === 'key' || depth < path.length - 1;
      offset = wantsKey ? keyOffset : (node?.range?.[0] ?? keyOffset);
    } else if (isSeq(node)) {
      node = (node.items[Number(part)] as Node | undefined) ?? null;
      offset = node?.range?.[0] ?? offset;
    } else break;
  }
  return offset;
}
