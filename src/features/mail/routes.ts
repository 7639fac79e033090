import { Hono } from 'hono';
import { access } from '../../http/access.ts';
import type { HttpEnv } from '../../http/env.ts';
import type { App } from '../../ports.ts';
import { MailTestWire } from './api.ts';
import { sendTestMail } from './service.ts';

export function mailRoutes(app: App) {
  return new Hono<HttpEnv>().post(
    '/api/mail/test',
    access('admin', {
      summary: 'Send a mail to yourself, and see what the server says',
      description: 'Answers 200 also where the server refuses: `accepted` says which.',
      returns: { 200: MailTestWire },
    }),
    async (c) => c.json(await sendTestMail(app, c.var.viewer.user!), 200),
  );
}
