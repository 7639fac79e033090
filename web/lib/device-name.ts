/** What a device is, by what it calls itself: nobody reads user agents. Null where it says nothing that is known. */
export function deviceOf(userAgent: string | null): { browser: string | null; system: string | null } {
  const text = userAgent ?? '';
  const named = (list: [RegExp, string][]) => list.find(([pattern]) => pattern.test(text))?.[1] ?? null;
  return { browser: named(BROWSERS) ?? programOf(text), system: named(SYSTEMS) };
}

// In this order: most say that they are Chrome or Safari, too.
const BROWSERS: [RegExp, string][] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\bOPR\/|\bOpera\b/, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Headless)?(?:Chrome|Chromium|CriOS)\//, 'Chrome'],
  [/\bVersion\/.*\bSafari\//, 'Safari'],
];
const SYSTEMS: [RegExp, string][] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bTizen\b/, 'Samsung TV'],
  [/\bWeb0S\b/, 'LG TV'],
  [/\bLinux\b/, 'Linux'],
];

/** `curl/8.14.1` is curl. */
function programOf(text: string): string | null {
  const name = /^([\w.-]+)(?:\/|\s|$)/.exec(text)?.[1];
  return name && name !== 'Mozilla' ? name : null;
}
