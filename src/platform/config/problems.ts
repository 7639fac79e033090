import type { z } from 'zod';
import { issueWords } from '../../core/issue-words.ts';
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
  if (issue.code === 'invalid_type' && value === undefined) return 'is missing';
  const got = value === undefined ? '' : `, not ${JSON.stringify(value)}`;
  const words = issueWords(issue, { object: 'a section with keys of its own' });
  if (issue.code !== 'invalid_value' || typeof value !== 'string') return words + got;
  const closest = nearest(value, issue.values.map(String));
  return `${words}${got}${closest ? `; did you mean ${closest}?` : ''}`;
}
