import type { RefObject } from 'preact';
import { useRef } from 'preact/hooks';
import type { MediaPlayerElement } from 'vidstack/elements';
import type { PlayerAction } from './keys.ts';

const DOUBLE_MS = 280;

/**
 * What clicks and taps on the picture mean. Mouse: click plays or pauses, double click fills the screen.
 * Touch: a tap shows or hides the controls, a double tap on the left or right third goes ten seconds back or on.
 */
export function usePointer(element: RefObject<MediaPlayerElement | null>, act: (action: PlayerAction) => void) {
  const last = useRef(0);
  const closesMenu = useRef(false);
  const single = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  function onPointerDown(): void {
    closesMenu.current = element.current?.querySelector('[role=menu]') !== null;
  }

  function onPointerUp(event: PointerEvent): void {
    if (event.button !== 0) return;
    // A press beside an open menu closes it, and means nothing else.
    if (closesMenu.current) return;
    const double = event.timeStamp - last.current < DOUBLE_MS;
    last.current = double ? 0 : event.timeStamp;
    if (event.pointerType === 'mouse') {
      act({ do: 'playPause' });
      if (double) act({ do: 'fullscreen' });
      return;
    }
    if (double) {
      clearTimeout(single.current);
      doubleTap(event);
    } else {
      single.current = setTimeout(toggleControls, DOUBLE_MS);
    }
  }

  function doubleTap(event: PointerEvent): void {
    const box =
      (event.currentTarget as HTMLElement | null)?.getBoundingClientRect() ?? element.current!.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    if (share < 0.36) act({ do: 'seekBy', seconds: -10 });
    else if (share > 0.64) act({ do: 'seekBy', seconds: 10 });
    else act({ do: 'playPause' });
  }

  function toggleControls(): void {
    const controls = element.current?.controls;
    if (controls?.showing) controls.hide(0);
    else controls?.show(0);
  }

  return { onPointerDown, onPointerUp };
}
