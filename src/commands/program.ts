import { Command, Option } from 'commander';
import type { ConfigFlags } from '../platform/config/load.ts';
import { nearest } from '../platform/config/nearest.ts';
import { VERSION } from '../version.ts';
import { backupCommands } from './backups.ts';
import { completionCommand } from './completion.ts';
import { printConfig } from './config.ts';
import { doctor, SECTIONS } from './doctor.ts';
import { EXIT_MEANINGS } from './exit.ts';
import { health } from './health.ts';
import { jobCommands } from './jobs.ts';
import { libraryCommands, scanCommand } from './library.ts';
import { examples, instanceOptions, wholeNumber } from './options.ts';
import { serve } from './serve.ts';
import { storageCommands } from './storage.ts';
import { userCommands } from './user.ts';
import { videoCommands } from './video.ts';
import { worker } from './worker.ts';

/** The whole command line as a tree: what is parsed, what help, completion and docs/cli.md are made of. */
export function createProgram(): Command {
  const program = new Command('kinora')
    // Inherited by the commands below: nothing here ends the process by itself.
    .exitOverride()
    .helpOption('-h, --help', 'say what a command does')
    .description("Kinora: your films and shows, and your community's own video site, from one process.")
    .version(VERSION, '-V, --version', 'print the version');

  program.commandsGroup('The server:');
  instanceOptions(
    examples(program.command('serve', { isDefault: true }).description('run the server'), [
      'serve',
      'serve --port 9000 --data /srv/kinora',
    ])
      .option('--port <number>', 'the port to listen on (default: 8383)')
      .option('--host <address>', 'the address to listen on')
      // What is no command arrives here, since this is what "kinora" alone means.
      .allowExcessArguments(),
  ).action((flags: ConfigFlags, command: Command) => {
    if (command.args.length > 0) refuseUnknown(program, command);
    return serve(flags);
  });
  instanceOptions(
    examples(program.command('worker').description('encode for a server that shares its Redis and its storage'), [
      'worker',
      'worker --name attic --slots 2 --data /mnt/kinora',
    ])
      .option('--name <name>', "what the server's pages call it (default: the name of the machine)")
      .option(
        '--slots <number>',
        'how many parts of videos it encodes at once (default: encoding.concurrency)',
        wholeNumber(1, 64),
      ),
  ).action(worker);
  instanceOptions(
    examples(program.command('health').description('ask the server that runs here whether it answers: code 0 or 1'), [
      'health',
      'health --worker attic',
    ])
      .option('--port <number>', 'the port it listens on, if it was given one')
      .option('--host <address>', 'the address it listens on, if it was given one')
      .option('--worker [name]', 'ask for a worker instead: of this name, or that of this machine'),
  ).action(health);
  instanceOptions(
    examples(program.command('config').description('print the settings in force, and where each comes from'), [
      'config --config /etc/kinora.yaml',
    ]),
  ).action(printConfig);
  instanceOptions(
    examples(
      program
        .command('doctor')
        .description('look at everything Kinora needs, and say what is wrong and what to do')
        .addOption(new Option('--only <section>', 'one section of the report').choices(SECTIONS))
        .option('--json', 'as JSON, for programs'),
      ['doctor', 'doctor --only Mail', 'doctor --json --data /srv/kinora'],
    ),
  ).action(doctor);

  program.commandsGroup('What is in it, also while it runs:');
  userCommands(program);
  libraryCommands(program);
  scanCommand(program);
  videoCommands(program);
  jobCommands(program);

  program.commandsGroup('Copies of everything:');
  backupCommands(program);
  storageCommands(program);

  program.commandsGroup('The rest:');
  completionCommand(program);
  explainMistakes(program, 'kinora');
  program.addHelpText('after', `\nExit codes:\n${EXIT_MEANINGS.map(exitLine).join('\n')}`);
  examples(program, ['serve', 'user add ada --admin', 'user --help']);
  return program;
}

function refuseUnknown(program: Command, serveCommand: Command): never {
  const [word] = program.args;
  if (word === serveCommand.name()) serveCommand.error(`error: "serve" takes no argument: ${serveCommand.args[0]}`);
  const meant = nearest(
    word!,
    program.commands.map((command) => command.name()),
  );
  program.error(`error: unknown command '${word}'${meant ? `. Did you mean ${meant}?` : ''}`);
}

/** Each command says how to ask for its own help. */
function explainMistakes(command: Command, words: string): void {
  command.showHelpAfterError(`Say "${words} --help" to see what there is.`);
  if (command.commands.length > 0) command.helpCommand('help [command]', 'say what a command does');
  for (const child of command.commands) explainMistakes(child, `${words} ${child.name()}`);
}

function exitLine([code, meaning]: readonly [number, string]): string {
  return `  ${String(code).padEnd(4)} ${meaning}`;
}
