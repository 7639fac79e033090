import type { SourceFile } from './source-files.ts';

const CAP_LINES = 400;
const CAP_TEST_LINES = 600;
const MEDIAN_WISH = 80;
const P90_WISH = 200;

/** Names that say nothing about what is inside. */
const EMPTY_NAMES = ['util', 'utils', 'helper', 'helpers', 'common', 'manager', 'misc'];
/** Where a tool wants a default export. */
const DEFAULT_ALLOWED = /(?:^|\/)(?:[\w.-]+\.)?config\.(?:ts|mjs)$/;
/** The homes of people and the usual work folders; `/home/kinora` is the one that the docs use. */
const MACHINE_PATH =
  /(?<![\w/.~-])\/(?:work\/(?:main|shared)|root|home\/(?!kinora\b)[a-z][\w-]*|Users\/[A-Za-z][\w-]*)\//;

/** What is wrong with the sizes, the names and the exports of these files. */
export function misshapen(files: SourceFile[]): string[] {
  return files.flatMap((file) => {
    const cap = file.isTest ? CAP_TEST_LINES : CAP_LINES;
    const wrong: string[] = [];
    if (file.lines > cap) wrong.push(`${file.path} has ${file.lines} lines; ${cap} is the most. Split it by meaning.`);
    const empty = file.path.split(/[/.\-_]/).find((word) => EMPTY_NAMES.includes(word.toLowerCase()));
    if (empty) wrong.push(`${file.path}: "${empty}" does not say what is inside.`);
    if (/(?:^|\/)index\.[a-z]+$/.test(file.path) && file.onlyReexports) {
      wrong.push(`${file.path} only passes on what others export: import from where things are.`);
    }
    if (file.hasDefaultExport && !DEFAULT_ALLOWED.test(file.path)) {
      wrong.push(`${file.path} has a default export: give it a name.`);
    }
    return wrong;
  });
}

/** Sizes over all files that are not tests, and a wish where they are not met. */
export function sizes(files: SourceFile[]): { summary: string; wishes: string[] } {
  const lines = files
    .filter((file) => !file.isTest)
    .map((file) => file.lines)
    .sort((a, b) => a - b);
  const at = (share: number) => lines[Math.min(lines.length - 1, Math.floor(lines.length * share))] ?? 0;
  const [median, p90, most] = [at(0.5), at(0.9), lines.at(-1) ?? 0];
  const wishes: string[] = [];
  if (median > MEDIAN_WISH) wishes.push(`The median file has ${median} lines; ${MEDIAN_WISH} is the aim.`);
  if (p90 > P90_WISH) wishes.push(`A tenth of the files has over ${p90} lines; ${P90_WISH} is the aim.`);
  const summary = `${lines.length} files: median ${median} lines, p90 ${p90}, longest ${most}.`;
  return { summary, wishes };
}

/** Lines of a tracked file that carry a path of somebody's machine. */
export function machinePaths(path: string, text: string): string[] {
  return text.split('\n').flatMap((line, index) => {
    const found = MACHINE_PATH.exec(line)?.[0];
    return found ? [`${path}:${index + 1} carries a path of one machine (${found}…).`] : [];
  });
}
