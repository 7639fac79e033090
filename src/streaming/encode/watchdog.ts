import { MINUTE_MS } from '../../core/time.ts';
import { FfmpegError } from '../../platform/ffmpeg.ts';

/** An encoder that writes nothing for this long while somebody reads has hung. */
const SILENT_MS = 5 * MINUTE_MS;

/** Notices an encoder that has hung. */
export interface Watchdog {
  alive(): void;
  /** Whoever takes segments may make the encoder wait: that is no silence of its own. */
  waitFor<T>(taker: Promise<T>): Promise<T>;
  end(): void;
}

/** Aborts `stop` when nothing was alive for five minutes. */
export function watchForSilence(stop: AbortController): Watchdog {
  let timer: NodeJS.Timeout;
  let takers = 0;
  const bark = () =>
    stop.abort(new FfmpegError('hung', 'The encoder wrote nothing for five minutes and was stopped.', ''));
  const arm = () => {
    clearTimeout(timer);
    if (takers > 0) return;
    timer = setTimeout(bark, SILENT_MS);
    timer.unref();
  };
  arm();
  return {
    alive: arm,
    async waitFor(taker) {
      takers++;
      clearTimeout(timer);
      try {
        return await taker;
      } finally {
        takers--;
        arm();
      }
    },
    end() {
      takers = Number.POSITIVE_INFINITY;
      clearTimeout(timer);
    },
  };
}
