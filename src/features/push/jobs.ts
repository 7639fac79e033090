import type { App } from '../../ports.ts';
import { deliverPush } from './deliver.service.ts';
import { sendPushJob } from './job-definitions.ts';

export function handlePushJobs(app: App): void {
  app.queue.handle(sendPushJob, async (payload, { signal, log }) => log(await deliverPush(app, payload, signal)));
}
