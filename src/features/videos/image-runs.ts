import { MINUTE_MS } from '../../core/time.ts';
import type { App } from '../../ports.ts';

/** Runs ffmpeg for pictures, in the background; resolves with what it printed. */
export function runImages(app: App, argv: string[], signal: AbortSignal): Promise<Buffer> {
  return app.ffmpeg.start(argv, { signal, timeoutMs: 20 * MINUTE_MS }).done;
}
