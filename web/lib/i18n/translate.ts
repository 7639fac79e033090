import { en } from './en.ts';

/** A message with plural forms, chosen by `params.count` through Intl.PluralRules. */
export type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };
export type Catalogue = Record<MessageKey, string | Plural>;
export type MessageKey = keyof typeof en;
export type Params = Record<string, string | number>;

const RTL = new Set(['ar', 'fa', 'he', 'ur', 'yi', 'ckb', 'dv', 'ps', 'sd', 'ug']);

// English is the only catalogue yet; another language is one more import() and a line here.
let catalogue: Partial<Catalogue> = en;
let locale = 'en';
let plurals = new Intl.PluralRules(locale);

/** How dates and numbers are written: the reader's own regional form of the language shown. */
export function formatLocale(): string {
  const regional = globalThis.navigator?.languages?.find((tag) => tag.split('-')[0] === locale);
  return regional ?? locale;
}

export function useCatalogue(nextLocale: string, next: Partial<Catalogue>): void {
  locale = nextLocale;
  catalogue = next;
  plurals = new Intl.PluralRules(locale);
  document.documentElement.lang = locale;
  document.documentElement.dir = RTL.has(locale.split('-')[0] ?? '') ? 'rtl' : 'ltr';
}

/** The text for a key. `{name}` is replaced by `params.name`; numbers are written as the locale writes them. */
export function t(key: MessageKey, params: Params = {}): string {
  const message: string | Plural = catalogue[key] ?? en[key];
  const text = typeof message === 'string' ? message : choosePlural(message, Number(params.count));
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? value.toLocaleString(formatLocale()) : isolated(value);
  });
}

const RTL_LETTER = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** A name among other words, where it runs from right to left: kept apart, so that it does not pull its neighbours along (UAX #9). */
export function isolated(name: string): string {
  return RTL_LETTER.test(name) ? `\u2068${name}\u2069` : name;
}

function choosePlural(message: Plural, count: number): string {
  return message[plurals.select(count)] ?? message.other;
}
