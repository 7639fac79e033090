import type { ConfigFlags } from '../platform/config/load.ts';
import { describeConfig } from '../platform/config/render.ts';
import { loadedWithBrowser } from './options.ts';

/** `kinora config` */
export function printConfig(flags: ConfigFlags): void {
  const { config, origins } = loadedWithBrowser(flags);
  process.stdout.write(`${describeConfig(config, origins).trimEnd()}\n`);
}
