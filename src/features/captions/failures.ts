import { Problem } from '../../core/problem.ts';
import { FfmpegError } from '../../platform/ffmpeg.ts';
import type { JobContext } from '../../platform/queue.run.ts';
import type { App } from '../../ports.ts';
import { TRIES } from './job-definitions.ts';
import type { CaptionRow } from './queries.ts';
import { markFailed } from './service.ts';

/** A problem of one file's is that track's alone; anything else is tried again. */
export async function failingAlone(
  app: App,
  row: CaptionRow,
  { signal, attempt }: JobContext,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (signal.aborted || (!isItsFault(error) && attempt < TRIES)) throw error;
    markFailed(app, row, failureSentence(error));
  }
}

function isItsFault(error: unknown): boolean {
  if (error instanceof FfmpegError) return error.reason === 'failed';
  return error instanceof Problem && error.status < 500;
}

/** The sentence that a video's owner reads when a track cannot be shown. */
export function failureSentence(error: unknown): string {
  if (error instanceof Problem) return error.detail;
  if (error instanceof FfmpegError) {
    if (error.reason === 'missing') return 'ffmpeg is not installed on the server. Ask its admin.';
    return 'This track cannot be read. It may be damaged.';
  }
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code === 'ENOENT') return 'The file is gone or cannot be reached.';
  if (code === 'EACCES' || code === 'EPERM')
    return 'The server is not allowed to read the file. Check its permissions.';
  return 'Something went wrong while these captions were read. An admin finds more on the jobs page.';
}
