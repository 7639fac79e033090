import { CommanderError } from 'commander';
import { CommandFailure, EXIT } from './commands/exit.ts';
import { createProgram } from './commands/program.ts';

/** The command line. Commands are in `commands/`, their tree in `commands/program.ts`. */

// A reader that has had enough, such as `head`, is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  throw error;
});

// Not by a top-level await, which the single binary's format has not got.
createProgram()
  .parseAsync()
  .catch((error: Error) => process.exit(exitCodeOf(error)));

/** Says what went wrong: a sentence for people, the stack for those who look for the cause. */
function exitCodeOf(error: Error): number {
  // It has printed its own sentence, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  console.error(process.env['KINORA_DEV_STACK'] ? error : error.message);
  return error instanceof CommandFailure ? error.exitCode : EXIT.failed;
}
