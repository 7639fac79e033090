/** ISO 639-2 (both B and T codes) to ISO 639-1, where there is a shorter one: BCP 47 asks for the shortest (RFC 5646 2.2.1). */
const PAIRS =
  'eng en ger de deu de fre fr fra fr spa es ita it por pt dut nl nld nl rus ru jpn ja chi zh zho zh kor ko ara ar heb he ' +
  'hin hi ben bn urd ur tur tr pol pl cze cs ces cs slo sk slk sk hun hu rum ro ron ro bul bg gre el ell el swe sv nor no ' +
  'nob nb nno nn dan da fin fi ice is isl is est et lav lv lit lt ukr uk bel be srp sr hrv hr bos bs slv sl mac mk mkd mk ' +
  'alb sq sqi sq geo ka kat ka arm hy hye hy per fa fas fa tha th vie vi ind id may ms msa ms tgl tl tam ta tel te kan kn ' +
  'mal ml mar mr guj gu pan pa sin si nep ne bur my mya my khm km lao lo mon mn kaz kk uzb uz aze az afr af swa sw zul zu ' +
  'xho xh amh am som so hau ha yor yo ibo ig cat ca baq eu eus eu glg gl wel cy cym cy gle ga gla gd bre br lat la epo eo ' +
  'yid yi mlt mt ltz lb fao fo kur ku pus ps tib bo bod bo jav jv sun su';

const words = PAIRS.split(' ');
const shorter = new Map(Array.from({ length: words.length / 2 }, (_, n) => [words[2 * n]!, words[2 * n + 1]!]));
/** Codes that say nothing about the language: undetermined, none, several, uncoded. */
const NOTHING = new Set(['und', 'zxx', 'mul', 'mis', 'unk', 'qaa']);

/** A BCP 47 tag out of what a file says ("eng", "GER", "pt_br", "en-US"); null where it says nothing of use. */
export function languageTag(code: unknown): string | null {
  if (typeof code !== 'string') return null;
  const [first = '', ...rest] = code.trim().toLowerCase().split(/[-_]/);
  if (!/^[a-z]{2,3}$/.test(first) || NOTHING.has(first)) return null;
  try {
    return Intl.getCanonicalLocales([shorter.get(first) ?? first, ...rest].join('-'))[0] ?? null;
  } catch {
    return shorter.get(first) ?? first;
  }
}
