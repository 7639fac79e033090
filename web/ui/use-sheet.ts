import type { RefObject } from 'preact';
import { useLayoutEffect } from 'preact/hooks';

const PHONE = matchMedia('(max-width: 599px)');

/** On phones lifts an element out of its box into the top layer: its stylesheet makes a sheet of `:popover-open`. */
export function useSheet(element: RefObject<HTMLElement | null>, open: boolean): void {
  useLayoutEffect(() => {
    const box = element.current;
    if (!open || !box || !PHONE.matches || box.popover) return;
    box.popover = 'manual';
    box.showPopover();
  }, [open]);
}
