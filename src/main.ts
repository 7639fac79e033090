import { CommanderError } from 'commander';
import { databaseTrouble } from './commands/database-trouble.ts';
import { CommandFailure, EXIT } from './commands/exit.ts';
import { createProgram } from './commands/program.ts';
import { ConfigError } from './platform/config/problems.ts';

/** The command line. Commands are in `commands/`, their tree in `commands/program.ts`. */

process.stdout.on('error', (error) => process.exit(unwritable(error)));
// Whoever does not listen to what is said beside the output, such as a log's reader that has gone, is no reason to end.
process.stderr.on('error', () => {});

// Not by a top-level await, which the single binary's format has not got.
createProgram()
  .parseAsync()
  .catch((error: Error) => process.exit(exitCodeOf(error)));

/** A reader that has had enough, such as `head`, is no failure of ours; a full disk below `kinora ... > FILE` is one. */
function unwritable({ code, message }: NodeJS.ErrnoException): number {
  if (code === 'EPIPE') return EXIT.ok;
  const reason = code === 'ENOSPC' || code === 'EDQUOT' ? 'its disk is full' : message;
  console.error(`What this command prints cannot be written: ${reason}.`);
  return EXIT.failed;
}

/** Says what went wrong: a sentence for people, the stack for those who look for the cause. */
function exitCodeOf(error: Error): number {
  // It has printed its own sentence, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  console.error(process.env['KINORA_DEV_STACK'] ? error : (databaseTrouble(error) ?? error.message));
  if (error instanceof ConfigError) return EXIT.usage;
  return error instanceof CommandFailure ? error.exitCode : EXIT.failed;
}
