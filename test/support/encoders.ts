import { readdirSync, readFileSync } from 'node:fs';

/** An ffmpeg that this process has started, as soon as there is one. Linux alone. */
export async function encoderPid(): Promise<number> {
  for (;;) {
    const pid = children().find((child) => readOr(`/proc/${child}/comm`).startsWith('ffmpeg'));
    if (pid) return Number(pid);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function children(): string[] {
  const tasks = `/proc/${process.pid}/task`;
  return readdirSync(tasks).flatMap((task) => readOr(`${tasks}/${task}/children`).split(' ').filter(Boolean));
}

/** A process or thread may be gone by the time it is read. */
function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
