import type { Tx } from '../../platform/db.ts';
import type { App } from '../../ports.ts';
import { enqueueMail } from '../mail/service.ts';
import { enqueuePush } from '../push/service.ts';
import type { NoticeFacts, NoticeKind, NoticeState } from './api.ts';
import { listTold } from './queries.ts';
import type { Step } from './steps.ts';
import { type Wording, wordingOf } from './wording.ts';

export interface Told {
  kind: NoticeKind;
  subject: string;
  state: NoticeState;
  facts: NoticeFacts;
}

/** Where the page with these is, and whether one is told. */
const PAGE = '/admin/notices';

/** Tells every admin who wants it, by mail and on their devices, together with what this transaction changes. */
export function tellAdmins(
  app: App,
  tx: Tx,
  { kind, subject, state, facts }: Told,
  why: NonNullable<Step['tell']>,
): void {
  const words = asTold(wordingOf(kind, state, facts), why);
  const { name } = app.config.instance;
  for (const admin of listTold(app)) {
    // That mail fails is nothing to tell by mail.
    if (admin.mail && kind !== 'mail') {
      enqueueMail(app, tx, admin.id, {
        subject: words.title,
        paragraphs: [words.text],
        link: why === 'well' ? null : { label: 'Look at it', path: words.path },
        reason: `You get this as an admin of ${name}.`,
        settingsPath: PAGE,
      });
    }
    const title = `${name}: ${words.title}`;
    enqueuePush(app, tx, admin.id, { title, body: words.text, path: words.path, tag: `${kind} ${subject}` });
  }
}

function asTold(words: Wording, why: NonNullable<Step['tell']>): Wording {
  if (why === 'well') {
    return {
      title: `Well again: ${lowerFirst(words.title)}`,
      text: `"${words.title}" is over. Nothing needs to be done.`,
      path: PAGE,
    };
  }
  return why === 'still' ? { ...words, title: `Still: ${lowerFirst(words.title)}` } : words;
}

const lowerFirst = (text: string) => `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
