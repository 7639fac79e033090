/** `npm run check`: everything about the code that can be told without running it. */
import { join } from 'node:path';
import { runChecks } from './checks/run-checks.ts';

process.exitCode = (await runChecks(join(import.meta.dirname, '..'))) ? 0 : 1;
