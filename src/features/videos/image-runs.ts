import { MINUTE_MS } from '../../core/time.ts';
import type { App } from '../../ports.ts';

/** Runs ffmpeg for pictures, in the background and when it is its turn; resolves with what it printed. */
export function runImages(app: App, argv: string[], signal: AbortSignal): Promise<Buffer> {
  const run = () => app.ffmpeg.start(argv, { signal, timeoutMs: 20 * MINUTE_MS }).done;
  return app.streaming.withSlot('upload', signal, run);
}
