import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { videos } from '../videos/schema.ts';

/** Links that have not been fetched yet: gone with the last byte, so that no link is kept longer than it is needed. */
export const imports = sqliteTable('imports', {
  videoId: text('video_id')
    .primaryKey()
    .references(() => videos.id, { onDelete: 'cascade' }),
  /** What is shown of the link. */
  host: text('host').notNull(),
  /** The link, sealed: it may hold a password or a signature (`sealed-link.ts`). */
  sealedLink: text('sealed_link').notNull(),
  /** What the part that is here is of (RFC 9110 section 8.8): it is gone on with only while that is so. */
  etag: text('etag'),
  lastModified: text('last_modified'),
  /** Null while the server has not said it. */
  totalBytes: integer('total_bytes'),
  /** How often in a row it was tried and nothing more arrived. */
  failures: integer('failures').notNull().default(0),
  createdAtMs: integer('created_at_ms').notNull(),
});
