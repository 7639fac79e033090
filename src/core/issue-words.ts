import type { z } from 'zod';

/** What is wrong with a value, to stand after its name: "must be text", "must have at most 80 characters". */
export function issueWords(issue: z.core.$ZodIssue, types: Record<string, string> = {}): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${types[issue.expected] ?? TYPE_WORDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `must ${limitWords(issue.origin, 'least', issue.minimum, issue.inclusive)}`;
    case 'too_big':
      return `must ${limitWords(issue.origin, 'most', issue.maximum, issue.inclusive)}`;
    case 'invalid_union':
      return `must be ${issue.errors.flat().map(choiceWords).join(' or ')}`;
    default:
      return issue.message;
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
  object: 'an object',
  record: 'an object',
};

function limitWords(origin: string, side: 'least' | 'most', limit: number | bigint, inclusive = true): string {
  if (origin === 'string') return `have at ${side} ${limit} character${limit === 1 ? '' : 's'}`;
  if (origin === 'array') return `have at ${side} ${limit} entr${limit === 1 ? 'y' : 'ies'}`;
  if (!inclusive) return `be ${side === 'least' ? 'more' : 'less'} than ${limit}`;
  return `be at ${side} ${limit}`;
}
