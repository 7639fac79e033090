import { describe, expect, it } from 'vitest';
import { decodeCaptions } from './encoding.ts';

/** Bytes of a text in a single-byte or double-byte encoding, by what its decoder says of each. */
function encode(text: string, encoding: string): Uint8Array {
  const table = new Map<string, number[]>();
  const decoder = new TextDecoder(encoding);
  for (let high = 0x80; high < 0x100; high++) {
    table.set(decoder.decode(new Uint8Array([high])), [high]);
    for (let low = 0x30; low < 0x100; low++) {
      const char = decoder.decode(new Uint8Array([high, low]));
      if ([...char].length === 1 && char !== '\ufffd' && !table.has(char)) table.set(char, [high, low]);
    }
  }
  return new Uint8Array(
    [...text].flatMap((char) => {
      const bytes = char < '\u0080' ? [char.charCodeAt(0)] : table.get(char);
      if (!bytes) throw new Error(`${encoding} has no ${char}`);
      return bytes;
    }),
  );
}

const srt = (...lines: string[]) =>
  lines.map((line, n) => `${n + 1}\r\n00:00:0${n},000 --> 00:00:0${n + 1},000\r\n${line}\r\n`).join('\r\n');

const TEXTS: [encoding: string, language: string, text: string][] = [
  ['windows-1252', 'fr', srt('Où étiez-vous hier à midi ?', 'J’étais déjà parti, ça m’a plu…', 'Très bien, garçon !')],
  ['windows-1252', 'de', srt('Schöne Grüße aus München!', 'Heißt das, du kommst später?', 'Natürlich, überall.')],
  [
    'windows-1250',
    'pl',
    srt('Gdzie byłeś wczoraj?', 'Źle się czuję, proszę.', 'Dziękuję bardzo, już idę. Zażółć gęślą jaźń'),
  ],
  ['windows-1250', 'cs', srt('Příliš žluťoučký kůň', 'úpěl ďábelské ódy', 'Dobrý den, jak se máte?')],
  ['windows-1251', 'ru', srt('Где ты был вчера вечером?', 'Я был дома, читал книгу.', 'Хорошо, пойдём дальше!')],
  ['koi8-r', 'ru', srt('Где ты был вчера вечером?', 'Я был дома, читал книгу.', 'Хорошо, пойдём дальше!')],
  ['windows-1253', 'el', srt('Πού ήσουν χθες το βράδυ;', 'Ήμουν στο σπίτι και διάβαζα.', 'Ωραία, πάμε!')],
  [
    'windows-1254',
    'tr',
    srt('Dün akşam neredeydin?', 'Evdeydim, kitap okuyordum. Işığı söndür', 'Güzel, şimdi çık dışarı!'),
  ],
  ['windows-1255', 'he', srt('איפה היית אתמול בערב?', 'הייתי בבית וקראתי ספר', 'יופי, בוא נלך')],
  ['windows-1256', 'ar', srt('أين كنت مساء أمس؟', 'كنت في البيت أقرأ كتابا', 'حسنا، هيا بنا')],
  ['shift_jis', 'ja', srt('昨日の夜はどこにいたの？', '家で本を読んでいました。', 'じゃあ、行きましょう！')],
  ['gb18030', 'zh', srt('你昨天晚上在哪里？', '我在家里看书。', '好的，我们走吧！这是一个很长的句子')],
  ['big5', 'zh-TW', srt('你昨天晚上在哪裡？', '我在家裡看書。', '好的，我們走吧！這是一個很長的句子')],
  ['euc-kr', 'ko', srt('어제 저녁에 어디 있었어요?', '집에서 책을 읽고 있었어요.', '좋아요, 갑시다!')],
];

describe('encodings', () => {
  it.each(TEXTS)('%s, when the name says %s', (encoding, language, text) => {
    const bytes = encode(text, encoding);
    expect(decodeCaptions(bytes, language).text).toBe(text);
  });

  // Without a language the statistics of a few lines have to do; real files have hundreds.
  it.each(TEXTS.filter(([encoding]) => !['windows-1254', 'windows-1255'].includes(encoding)))(
    '%s, when nobody says it is %s',
    (encoding, _, text) => {
      const long = text.repeat(20);
      expect(decodeCaptions(encode(long, encoding)).text).toBe(long);
    },
  );

  const mixed = srt('Où étiez-vous ?', '日本語', 'Ελλάδα');
  it.each([
    ['UTF-8', Buffer.from(mixed)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${mixed}`)],
    ['UTF-16 LE with a mark', Buffer.from(`\ufeff${mixed}`, 'utf16le')],
    ['UTF-16 BE with a mark', Buffer.from(`\ufeff${mixed}`, 'utf16le').swap16()],
    ['UTF-16 LE without', Buffer.from(mixed, 'utf16le')],
    ['UTF-16 BE without', Buffer.from(mixed, 'utf16le').swap16()],
  ])('%s', (_, bytes) => {
    expect(decodeCaptions(bytes).text).toBe(mixed);
    // Whatever the name claims.
    expect(decodeCaptions(bytes, 'ru').text).toBe(mixed);
  });

  it('does not believe a name that cannot be right', () => {
    const text = srt('Où étiez-vous hier à midi ?', 'J’étais déjà là.').repeat(20);
    expect(decodeCaptions(encode(text, 'windows-1252'), 'ja').text).toBe(text);
  });

  it('undoes UTF-8 that was encoded twice', () => {
    const text = srt('Où étiez-vous hier à midi ?', '“C’était déjà fini”', 'Ça va…');
    const twice = Buffer.from(new TextDecoder('windows-1252').decode(Buffer.from(text)));
    expect(decodeCaptions(twice)).toEqual({ text, encoding: 'utf-8', repaired: true });
  });

  it('leaves alone what only looks a little like it', () => {
    for (const text of ['CAFÉ’S, Ã is a letter, É too', 'naïve ½ ©', 'Á Â', 'Âge d’or: Ã©']) {
      expect(decodeCaptions(Buffer.from(text))).toMatchObject({ text, repaired: false });
    }
  });
});
