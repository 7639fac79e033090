import type { App } from '../../ports.ts';
import { sendMailJob } from './job-definitions.ts';
import { deliver } from './service.ts';

export function handleMailJobs(app: App): void {
  app.queue.handle(sendMailJob, async (payload, { jobId, signal, log }) => {
    const answer = await deliver(app, payload, { id: jobId, signal });
    log(answer ?? 'Not sent: nobody may use this account any more.');
  });
}
