/** Moves the focus among what `selector` finds in the list the key was pressed in. True when the key was one of ours. */
export function moveFocus(
  event: KeyboardEvent,
  selector: string,
  axis: 'vertical' | 'horizontal' = 'vertical',
): boolean {
  const box = event.currentTarget as HTMLElement;
  const items = [...box.querySelectorAll<HTMLElement>(selector)];
  const rtl = getComputedStyle(box).direction === 'rtl';
  const [back, on] =
    axis === 'vertical' ? ['ArrowUp', 'ArrowDown'] : rtl ? ['ArrowRight', 'ArrowLeft'] : ['ArrowLeft', 'ArrowRight'];
  const now = items.indexOf(document.activeElement as HTMLElement);
  const next = nextIndex(event.key, now, items.length, back as string, on as string, axis === 'vertical');
  if (next === null) return false;
  items[next]?.focus();
  return true;
}

/** Where a key leads in a list of `count`; menus go round at the ends, rows stop. Null for other keys. */
export function nextIndex(
  key: string,
  now: number,
  count: number,
  back: string,
  on: string,
  around: boolean,
): number | null {
  if (count === 0) return null;
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  if (key !== back && key !== on) return null;
  const next = now + (key === on ? 1 : -1);
  if (around) return (next + count) % count;
  return Math.min(count - 1, Math.max(0, next));
}
