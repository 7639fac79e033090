import { Command } from 'commander';
import { printConfig } from './commands/config.ts';
import { doctor } from './commands/doctor.ts';
import { health } from './commands/health.ts';
import { serve } from './commands/serve.ts';
import { addUserCommand } from './commands/user.ts';
import { VERSION } from './version.ts';

/** The command line. */

const program = new Command('kinora')
  .description("Kinora: your films and shows, and your community's own video site, from one process.")
  .version(VERSION)
  .showHelpAfterError('Say "kinora --help" to see what there is.');

const withConfig = (command: Command) =>
  command
    .option('--config <file>', 'the YAML file to read')
    .option('--data <dir>', 'the data folder (default: ./data)');

withConfig(program.command('serve', { isDefault: true }))
  .description('run the server')
  .option('--port <number>', 'the port to listen on (default: 8383)')
  .option('--host <address>', 'the address to listen on')
  .action(serve);

withConfig(program.command('config'))
  .description('print the effective configuration, and where each value comes from')
  .action(printConfig);

withConfig(program.command('doctor'))
  .description('look at everything Kinora needs, and say what is wrong and what to do')
  .option('--json', 'print the report as JSON')
  .action(doctor);

withConfig(program.command('health'))
  .description('ask the server that runs here whether it answers: exit code 0 or 1')
  .option('--port <number>', 'the port it listens on, if it was given one')
  .option('--host <address>', 'the address it listens on, if it was given one')
  .action(health);

const user = program.command('user').description('accounts');
withConfig(user.command('add <name>'))
  .description('add an account; the password is asked for, or read from standard input')
  .option('--admin', 'make it an admin')
  .option('--email <address>', 'its e-mail address')
  .action(addUserCommand);

try {
  await program.parseAsync();
} catch (error) {
  // A sentence for people; the stack for those who look for the cause.
  console.error(process.env['KINORA_DEV_STACK'] ? error : (error as Error).message);
  process.exit(1);
}
