import type { Letter } from './job-definitions.ts';

export interface Composed {
  subject: string;
  text: string;
  html: string;
  unsubscribeUrl: string | undefined;
}

export interface Stationery {
  instanceName: string;
  /** `http.baseUrl`; empty: addresses are not known, and left out. */
  baseUrl: string;
}

/** Writes a letter as plain text and as simple HTML that says the same; nothing in it is fetched from anywhere. */
export function compose(letter: Letter, { instanceName, baseUrl }: Stationery): Composed {
  const urlOf = (path: string) => `${baseUrl.replace(/\/+$/, '')}${path}`;
  const link = letter.link && baseUrl ? { label: letter.link.label, url: urlOf(letter.link.path) } : null;
  const unsubscribeUrl = letter.settingsPath !== null && baseUrl ? urlOf(letter.settingsPath) : undefined;
  const text = [
    ...letter.paragraphs,
    ...(link ? [`${link.label}: ${link.url}`] : []),
    `-- \n${letter.reason}${unsubscribeUrl ? `\n${unsubscribeUrl}` : ''}`,
  ].join('\n\n');
  // No colours but the reader's own: programs that darken mails would make some of them unreadable.
  const paragraphs = [
    ...letter.paragraphs.map((paragraph) => `<p style="margin:0 0 16px">${escapeHtml(paragraph)}</p>`),
    ...(link ? [`<p style="margin:0 0 16px"><a href="${escapeHtml(link.url)}">${escapeHtml(link.label)}</a></p>`] : []),
  ];
  const small = 'font-size:13px;color:#767676';
  const settings = unsubscribeUrl
    ? ` <a href="${escapeHtml(unsubscribeUrl)}" style="color:#767676">Choose what you get</a>`
    : '';
  const html = [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">',
    `<title>${escapeHtml(letter.subject)}</title></head>`,
    '<body style="margin:0;padding:24px;font-family:system-ui,-apple-system,\'Segoe UI\',sans-serif;font-size:16px;line-height:1.5">',
    '<div style="max-width:560px;margin:0 auto">',
    `<p style="margin:0 0 24px;font-weight:600">${escapeHtml(instanceName)}</p>`,
    ...paragraphs,
    `<p style="margin:32px 0 0;${small}">${escapeHtml(letter.reason)}${settings}</p>`,
    '</div></body></html>',
  ].join('\n');
  return { subject: `${instanceName}: ${letter.subject}`, text: `${text}\n`, html, unsubscribeUrl };
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (letter) => ENTITIES[letter]!);
