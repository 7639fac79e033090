import { expect, it } from 'vitest';
import { markdownTable, replaceTable } from './page.ts';
import { overPeer, told, underBoth } from './rows.ts';

const page = ['# Speed', '<!-- bench a -->', 'old', '<!-- end -->', 'between', '<!-- bench b -->', '<!-- end -->', ''];

it('writes rows as a table that says what was missed', () => {
  const rows = [
    underBoth('first', 40, 90, { limit: 50, share: 0.5 }, 'ms'),
    underBoth('second', 60, 200, { limit: 50, share: 0.5 }, 'ms'),
    overPeer('third', 250, 200, 1, 'MB/s'),
    told('fourth', 12_340, 'ms'),
  ];
  expect(markdownTable(rows, '2 cores').split('\n')).toEqual([
    '| what | ours | peer | ratio | bar |  |',
    '| --- | ---: | ---: | ---: | --- | --- |',
    '| first | 40 ms | 90 ms | 0.444 | < 50 ms and < 0.5 x peer | ok |',
    '| second | 60 ms | 200 ms | 0.3 | < 50 ms and < 0.5 x peer | MISSED |',
    '| third | 250 MB/s | 200 MB/s | 1.25 | >= 1 x peer | ok |',
    '| fourth | 12.3 s |  |  |  |  |',
    '',
    'Measured on: 2 cores.',
  ]);
});

it('puts a table into its place and leaves the rest of the page alone', () => {
  const written = replaceTable(page.join('\n'), 'b', 'new');
  expect(written).toBe([...page.slice(0, 6), '', 'new', '', ...page.slice(6)].join('\n'));
  expect(replaceTable(written!, 'a', 'newer')).not.toContain('old');
  expect(replaceTable(written!, 'b', 'new')).toBe(written);
  expect(replaceTable(page.join('\n'), 'c', 'new')).toBeNull();
});
