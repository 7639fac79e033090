import { loadFirstAddon } from './platform/natives/natives.ts';

/** Where the single binary begins: the database's native part comes first, for all else asks for it when it is loaded. */

try {
  loadFirstAddon();
  void import('./main.ts');
} catch (error) {
  console.error(process.env['KINORA_DEV_STACK'] ? error : (error as Error).message);
  process.exitCode = 1;
}
