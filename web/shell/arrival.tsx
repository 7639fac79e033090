import { useEffect, useRef } from 'preact/hooks';
import { pageTitle } from '../lib/page-title.ts';

/**
 * Does what a browser does by itself when it loads a page: says its title to those who cannot see it, and lets the
 * keyboard begin at its content, not at the end of the page that has gone. `shown`: the path of the page on screen.
 */
export function Arrival({ shown }: { shown: string }) {
  const last = useRef(shown);
  const hasMoved = useRef(false);
  if (last.current !== shown) hasMoved.current = true;
  last.current = shown;
  useEffect(() => {
    // Whoever pressed a link that is still there goes on from it.
    const isLost = document.activeElement === document.body || document.activeElement === null;
    if (hasMoved.current && isLost) document.getElementById('main')?.focus({ preventScroll: true });
  }, [shown]);
  return (
    <p class="visually-hidden" role="status" data-testid="arrival">
      {hasMoved.current ? pageTitle.value : ''}
    </p>
  );
}
