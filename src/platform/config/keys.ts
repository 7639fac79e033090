import { z } from 'zod';
import type { KeyMeta } from './key-meta.ts';
import { ConfigSchema } from './schema.ts';

export type Schema = z.core.$ZodType;

/** A key that holds a value: where it is in the file, what it is called in the environment, what it means. */
export interface ConfigKey extends KeyMeta {
  /** `['encoding', 'policy', 'uploads']` */
  path: string[];
  /** `encoding.policy.uploads` */
  name: string;
  /** `KINORA_ENCODING_POLICY_UPLOADS` */
  env: string;
  description: string;
  schema: z.ZodType;
  /** How a text from the environment becomes a value. */
  kind: 'text' | 'number' | 'boolean' | 'list' | 'json';
  /** Undefined for a key that is simply absent unless given. */
  default: unknown;
}

/** A group of keys. */
export interface ConfigGroup {
  path: string[];
  description: string;
  children: (ConfigKey | ConfigGroup)[];
}

/** What remains of a schema without its default and its optionality. */
export function unwrap(schema: Schema): Schema {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return unwrap(schema.unwrap());
  }
  return schema;
}

export function metaOf(schema: Schema): KeyMeta & { description?: string } {
  return z.globalRegistry.get(schema) ?? {};
}

/** The schema as a tree of groups and keys, in the order in which it is written. */
export function configTree(schema: Schema = ConfigSchema, path: string[] = []): ConfigGroup {
  const inner = unwrap(schema);
  if (!(inner instanceof z.ZodObject)) throw new Error(`${path.join('.')} is no section.`);
  const shape = inner.shape as Record<string, z.ZodType>;
  return {
    path,
    description: metaOf(schema).description ?? '',
    children: Object.entries(shape).map(([key, child]) => {
      const childPath = [...path, key];
      return unwrap(child) instanceof z.ZodObject ? configTree(child, childPath) : configKey(child, childPath);
    }),
  };
}

/** Every key that holds a value, flat. */
export function configKeys(group: ConfigGroup = configTree()): ConfigKey[] {
  return group.children.flatMap((child) => (isGroup(child) ? configKeys(child) : [child]));
}

export function isGroup(node: ConfigKey | ConfigGroup): node is ConfigGroup {
  return 'children' in node;
}

function configKey(schema: z.ZodType, path: string[]): ConfigKey {
  const { description = '', secret, file, editable, fixed } = metaOf(schema);
  const words = path.map((part) => part.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase());
  return {
    path,
    name: path.join('.'),
    env: `KINORA_${words.join('_')}`,
    description,
    schema,
    kind: kindOf(unwrap(schema)),
    default: schema instanceof z.ZodDefault ? schema.def.defaultValue : undefined,
    ...(secret && { secret }),
    ...(file && { file }),
    ...(editable && { editable }),
    ...(fixed && { fixed }),
  };
}

function kindOf(schema: Schema): ConfigKey['kind'] {
  if (schema instanceof z.ZodNumber) return 'number';
  // "auto", or a number: what is no number stays the text it is.
  if (schema instanceof z.ZodUnion && schema.options.some((option) => option instanceof z.ZodNumber)) return 'number';
  if (schema instanceof z.ZodBoolean) return 'boolean';
  if (schema instanceof z.ZodArray) return unwrap(schema.element) instanceof z.ZodObject ? 'json' : 'list';
  return 'text';
}

/** The value at a path of nested objects. */
export function valueAt(root: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) => (value as Record<PropertyKey, unknown> | null | undefined)?.[part],
    root,
  );
}

/** Sets the value at a path, making the objects on the way. */
export function setAt(root: Record<string, unknown>, path: string[], value: unknown): void {
  const [first, ...rest] = path as [string, ...string[]];
  if (rest.length === 0) root[first] = value;
  else setAt((root[first] ??= {}) as Record<string, unknown>, rest, value);
}
