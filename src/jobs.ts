import { handleBackupJobs } from './features/backups/jobs.ts';
import { handleCaptionJobs } from './features/captions/jobs.ts';
import { handleImportJobs } from './features/imports/jobs.ts';
import { handleLibraryJobs } from './features/libraries/jobs.ts';
import { handleMailJobs } from './features/mail/jobs.ts';
import { handlePushJobs } from './features/push/jobs.ts';
import { handleVideoJobs } from './features/videos/jobs.ts';
import type { App } from './ports.ts';

/** LIST 2: every background job and who does it. */
export function handleJobs(app: App): void {
  handleVideoJobs(app); // videos.probe, videos.images, videos.sound, videos.fill, videos.recheck
  handleCaptionJobs(app); // captions.extract
  handleImportJobs(app); // imports.fetch
  handleLibraryJobs(app); // libraries.scan
  handleBackupJobs(app); // backups.write
  handleMailJobs(app); // mail.send
  handlePushJobs(app); // push.send
}
