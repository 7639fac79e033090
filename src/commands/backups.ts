import { type Command, Option } from 'commander';
import { backup } from './backup.ts';
import { examples, instanceOptions } from './options.ts';
import { restore } from './restore.ts';
import { rollback } from './rollback.ts';

/** The commands about copies of everything: `backup`, `restore`, `rollback`. */
export function backupCommands(program: Command): void {
  instanceOptions(
    examples(
      program
        .command('backup <file>')
        .description('write everything that cannot be made again into one file, also while the server runs')
        .option('--with-originals', 'uploaded originals, too')
        .option('--json', 'print progress and outcome as lines of JSON')
        .addOption(new Option('--database-only <pid>').hideHelp())
        .addOption(new Option('--for-server').hideHelp()),
      ['backup /mnt/backups/kinora.tar', 'backup /mnt/backups/kinora.tar --with-originals'],
    ),
  ).action(backup);
  instanceOptions(
    examples(
      program
        .command('restore <file>')
        .description('put a backup into an empty data folder')
        .option('--force', 'into one in use: its database and settings are kept in its "backups" folder'),
      ['restore /mnt/backups/kinora.tar --data /srv/kinora'],
    ),
  ).action(restore);
  instanceOptions(
    examples(
      program
        .command('rollback [snapshot]')
        .description('list the copies of the database made before upgrades, or go back to one of them'),
      ['rollback', 'rollback before-0007_track-indexes'],
    ),
  ).action(rollback);
}
