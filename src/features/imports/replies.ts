import type { IncomingHttpHeaders } from 'node:http';
import { sniffContainer } from '../../media/container/sniff.ts';
import { busy, type DownloadFailure, hopeless, passing } from '../../platform/download/failure.ts';

/** Why an answer is not the file: what its status, its headers and its first bytes say. */

/** `hasCredentials`: the link had a user name or password in it. `retryAfterMs`: for how long its server asks not to be asked. */
export function refusal(
  status: number,
  host: string,
  hasCredentials: boolean,
  retryAfterMs: number | null,
): DownloadFailure | null {
  if (status === 200 || status === 206) return null;
  if (status === 401 || status === 407) {
    return hopeless(
      hasCredentials
        ? `${host} does not accept the user name and password of this link.`
        : `${host} wants a user name and a password. Put them into the link, as in https://name:password@${host}/...`,
    );
  }
  if (status === 403) return hopeless(`${host} does not hand out this file. The link may have expired.`);
  if (status === 404) return hopeless(`${host} has no file at this link. Check the link.`);
  if (status === 410) return hopeless(`The file at this link has been removed from ${host}.`);
  if (status === 451) return hopeless(`${host} may not hand out this file for legal reasons.`);
  if (status === 408 || status === 425 || status === 429 || status === 503) {
    return busy(`${host} is busy and asks to come back later.`, retryAfterMs);
  }
  if (status >= 500) return passing(`${host} has a problem of its own (it answered ${status}).`);
  return hopeless(`${host} did not answer with a file (it answered ${status}).`);
}

/** Compressed on its way, a file cannot be gone on with in the middle; we have asked for it as it is. */
export function refuseEncoding(headers: IncomingHttpHeaders, host: string): void {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (encoding === '' || encoding === 'identity') return;
  throw hopeless(
    `${host} sends the file compressed (${encoding.slice(0, 20)}), though asked not to. Download it, then upload it.`,
  );
}

/** Throws for what is neither film nor sound by its first bytes, before the rest of it is fetched. */
export function refuseByContent(head: Uint8Array, headers: IncomingHttpHeaders): void {
  if (head.length === 0) throw hopeless('The file at this link is empty.');
  const sniffed = sniffContainer(head);
  if (sniffed.ok) return;
  if (/^(?:text\/html|application\/xhtml)/i.test(headers['content-type'] ?? '')) {
    throw hopeless(
      'This link leads to a web page, not to a media file. Open the page, and copy the link of the file itself.',
    );
  }
  throw hopeless(`This link does not lead to a video. ${sniffed.reason}`);
}
