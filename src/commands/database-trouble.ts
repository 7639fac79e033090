/** What SQLite has against going on, as a sentence that says what to do; null for an error of something else. */
export function databaseTrouble(error: Error): string | null {
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string' || !code.startsWith('SQLITE_')) return null;
  const kind = /^SQLITE_[A-Z]+/.exec(code)![0];
  const sentence = SENTENCES[kind];
  return sentence
    ? `${sentence} (SQLite: ${error.message}.)`
    : `The database cannot be used: ${error.message} (${code}).`;
}

const RESTORE =
  'Keep a copy of the file, then put a backup back (kinora restore), or one of the copies in "backups" of the data folder (kinora rollback).';

/** By the first word of the code: the rest says only where in SQLite it was noticed. */
const SENTENCES: Record<string, string> = {
  SQLITE_FULL: 'The disk of the data folder is full. Make room on it, and try again.',
  SQLITE_CORRUPT: `The database is damaged: "kinora doctor" says more. ${RESTORE}`,
  SQLITE_NOTADB: `The file kinora.db of the data folder is no database of Kinora, or is damaged. ${RESTORE}`,
  SQLITE_READONLY:
    'The database may not be written: it belongs to another user, or its disk is read-only. "kinora doctor" says more.',
  SQLITE_CANTOPEN:
    'The database cannot be opened: it belongs to another user, or is no file. "kinora doctor" says more.',
  SQLITE_IOERR:
    'The disk of the data folder failed while the database was read or written. Look at the system\'s log, then ask "kinora doctor".',
};
