// Without what is mistaken for something else when it is read out: 0 and O, 1, l and I.
const LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const GROUPS = 4;
const GROUP = 4;

/** A password to hand to somebody: 93 bits, in groups that can be read out. */
export function newPassword(): string {
  const letters: string[] = [];
  while (letters.length < GROUPS * GROUP) {
    for (const byte of crypto.getRandomValues(new Uint8Array(32))) {
      // The rest of the bytes would make the first letters likelier.
      if (byte < 256 - (256 % LETTERS.length)) letters.push(LETTERS[byte % LETTERS.length]!);
    }
  }
  const groups = Array.from({ length: GROUPS }, (_, n) => letters.slice(n * GROUP, (n + 1) * GROUP).join(''));
  return groups.join('-');
}
