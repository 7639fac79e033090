import type { App } from '../../ports.ts';
import { scanJob } from './job-definitions.ts';
import { scanLibrary } from './scan.ts';

export function handleLibraryJobs(app: App): void {
  app.queue.handle(scanJob, ({ libraryId }, context) => scanLibrary(app, libraryId, context));
}
