import { loadAddons } from './platform/natives/natives.ts';

/** Where the single binary begins: its native parts come first, for all else asks for them when it is loaded. */

try {
  loadAddons();
  void import('./main.ts');
} catch (error) {
  console.error(process.env['KINORA_DEV_STACK'] ? error : (error as Error).message);
  process.exitCode = 1;
}
