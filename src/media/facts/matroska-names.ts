import { ID } from '../container/matroska-ids.ts';
import { type FileFacts, seconds } from './facts.ts';
import { elementsOf, fieldsOf, textOf, uintIn, uintOf } from './matroska-elements.ts';

/** Tags (RFC 9559 section 5.1.8) and chapters (section 5.1.7), as ffmpeg reads them. */

export interface Tag {
  /** Hexadecimal digits of what it is about; '' where about nothing of the kind. */
  trackUid: string;
  chapterUid: string;
  attachmentUid: string;
  values: Record<string, string>;
}

export function readTags(body: Buffer): Tag[] {
  return elementsOf(body)
    .filter(({ id }) => id === ID.Tag)
    .map(({ body: tag }) => {
      const targets = fieldsOf(fieldsOf(tag).get(ID.Targets) ?? Buffer.alloc(0));
      const uid = (id: number) => uidOf(targets.get(id));
      const values: Record<string, string> = {};
      const kind = textOf(targets.get(ID.TargetType) ?? Buffer.alloc(0));
      addValues(values, tag, kind === '' ? '' : `${kind}/`);
      return {
        trackUid: uid(ID.TagTrackUID),
        chapterUid: uid(ID.TagChapterUID),
        attachmentUid: uid(ID.TagAttachmentUID),
        values,
      };
    });
}

const uidOf = (body: Buffer | undefined) => (body ? body.toString('hex').replace(/^0+/, '') : '');

/** Those of another language have it behind their names, and the default ones are there without it, too. */
function addValues(values: Record<string, string>, holder: Buffer, prefix: string): void {
  for (const { id, body } of elementsOf(holder)) {
    if (id !== ID.SimpleTag) continue;
    const fields = fieldsOf(body);
    const name = `${prefix}${textOf(fields.get(ID.TagName) ?? Buffer.alloc(0))}`.toLowerCase();
    const language = textOf(fields.get(ID.TagLanguage) ?? Buffer.from('und'));
    const text = fields.get(ID.TagString);
    if (!text) continue;
    const isDefault = uintIn(fields, ID.TagDefault, 1) !== 0;
    if (isDefault || language === 'und') {
      values[name] = textOf(text);
      addValues(values, body, `${name}/`);
    }
  }
}

/** All editions, one behind the other: what begins no later than the one before it is left out. */
export function readChapters(body: Buffer, tags: readonly Tag[], endSec: number): FileFacts['chapters'] {
  const atoms = elementsOf(body)
    .filter(({ id }) => id === ID.EditionEntry)
    .flatMap(({ body: edition }) => elementsOf(edition).filter(({ id }) => id === ID.ChapterAtom));
  const chapters: { startSec: number; endSec: number | null; title: string }[] = [];
  let latestNs = 0;
  for (const { body: atom } of atoms) {
    const fields = fieldsOf(atom);
    const [start, end, uid] = [
      fields.get(ID.ChapterTimeStart),
      fields.get(ID.ChapterTimeEnd),
      uidOf(fields.get(ID.ChapterUID)),
    ];
    const startNs = start ? uintOf(start) : null;
    if (startNs === null || uid === '' || (latestNs > 0 && startNs <= latestNs)) continue;
    latestNs = startNs;
    const display = fieldsOf(fields.get(ID.ChapterDisplay) ?? Buffer.alloc(0));
    const tagged = tags.find(({ chapterUid, values }) => chapterUid === uid && 'title' in values)?.values['title'];
    const title = tagged ?? textOf(display.get(ID.ChapString) ?? Buffer.alloc(0));
    chapters.push({ startSec: startNs / 1e9, endSec: end ? uintOf(end) / 1e9 : null, title });
  }
  return chapters.map((chapter, n) => {
    const next = Math.min(chapters[n + 1]?.startSec ?? endSec, endSec);
    return {
      start_time: seconds(chapter.startSec),
      end_time: seconds(chapter.endSec ?? Math.max(chapter.startSec, next)),
      tags: { title: chapter.title },
    };
  });
}
