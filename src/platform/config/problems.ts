import type { z } from 'zod';
import { nearest } from './nearest.ts';

/** One mistake: where it is, as a person finds it (`kinora.yaml:3:5`, `KINORA_HTTP_PORT`, `--port`), and what it is. */
export interface ConfigProblem {
  where: string;
  message: string;
}

/** Stops the start: everything that is wrong with the configuration, at once. */
export class ConfigError extends Error {
  readonly problems: ConfigProblem[];

  constructor(problems: ConfigProblem[]) {
    const count = problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`;
    const lines = problems.map(({ where, message }) => `  ${where}  ${message}`);
    super(`The configuration has ${count}:\n${lines.join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** Says what is wrong with a value, after its name: `http.port: must be a number, not "abc"`. */
export function explainIssue(issue: z.core.$ZodIssue, value: unknown): string {
  const got = value === undefined ? '' : `, not ${JSON.stringify(value)}`;
  switch (issue.code) {
    case 'invalid_type':
      if (value === undefined) return 'is missing';
      return `must be ${TYPE_WORDS[issue.expected] ?? issue.expected}${got}`;
    case 'invalid_value': {
      const options = issue.values.map(String);
      const closest = typeof value === 'string' ? nearest(value, options) : null;
      return `must be one of ${options.join(', ')}${got}${closest ? `; did you mean ${closest}?` : ''}`;
    }
    case 'too_small':
      return `must ${limitWords(issue.origin, 'least', issue.minimum, issue.inclusive)}${got}`;
    case 'too_big':
      return `must ${limitWords(issue.origin, 'most', issue.maximum, issue.inclusive)}${got}`;
    case 'invalid_union':
      return `must be ${issue.errors.flat().map(choiceWords).join(' or ')}${got}`;
    default:
      return `${issue.message}${got}`;
  }
}

/** One of the things a value may be: `"auto"`, `a whole number`. */
function choiceWords(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return issue.values.map((value) => JSON.stringify(value)).join(' or ');
  return issue.code === 'invalid_type' ? (TYPE_WORDS[issue.expected] ?? issue.expected) : issue.message;
}

const TYPE_WORDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a section with keys of its own',
};

function limitWords(origin: string, side: 'least' | 'most', limit: number | bigint, inclusive = true): string {
  if (origin === 'string') return `have at ${side} ${limit} character${limit === 1 ? '' : 's'}`;
  if (origin === 'array') return `have at ${side} ${limit} entr${limit === 1 ? 'y' : 'ies'}`;
  if (!inclusive) return `be ${side === 'least' ? 'more' : 'less'} than ${limit}`;
  return `be at ${side} ${limit}`;
}
