import type { ErrorCode } from 'yaml';

/** What is wrong with the text of a configuration file before any key of it is looked at, for people who do not know YAML's grammar. */

const SENTENCES: Partial<Record<ErrorCode, string>> = {
  TAB_AS_INDENT: 'a tab stands where YAML wants spaces: indent with two spaces',
  DUPLICATE_KEY: 'this key is here a second time: keep one of them, or put what is below both below one',
  MULTIPLE_DOCS: 'a second document begins with this "---": put all settings into one',
  BLOCK_AS_IMPLICIT_KEY: 'there is a second ": " in this line: put quotes around a text that has one in it',
  BAD_INDENT: 'this line is not indented like the others of its section',
};

/** The parser's own words where there are no better ones. */
export const explainYamlError = ({ code, message }: { code: ErrorCode; message: string }): string =>
  SENTENCES[code] ?? message;

/** Throws a sentence for bytes that are not UTF-8, as editors of other systems save them: read anyway, names would come out maimed. */
export function decodeConfigText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Error('it is not in UTF-8: save it as UTF-8');
  }
}

/** Why a file could not be read. */
export function explainUnreadable(error: NodeJS.ErrnoException): string {
  const sentences: Record<string, string> = {
    ENOENT: 'there is no such file',
    EISDIR: 'this is a folder: name the file in it',
    EACCES: 'the user that runs Kinora may not read it',
    EPERM: 'the user that runs Kinora may not read it',
  };
  return sentences[error.code ?? ''] ?? error.message;
}
