/**
 * How many of the numbers from 0 up to `count` come before something, where all that do come first: found by halving (binary
 * search). The first that does not is the one of that number.
 */
export function countBefore(count: number, isBefore: (n: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
