import { useEffect, useRef, useState } from 'preact/hooks';

export interface Selection {
  ids: ReadonlySet<string>;
  /** Selects or not; with `range`, everything from the one that was clicked last. */
  toggle(id: string, range?: boolean): void;
  all(on: boolean): void;
  clear(): void;
}

/** Which of the things on screen are selected. What is not shown any more is not selected either; Escape clears it. */
export function useSelection(shown: readonly string[]): Selection {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const last = useRef<string | null>(null);
  const ids = new Set(shown.filter((id) => chosen.has(id)));
  useEffect(() => {
    if (ids.size === 0) return;
    const clearByKey = (event: KeyboardEvent) => {
      // A dialog's Escape is its own.
      if (event.key === 'Escape' && !document.querySelector('dialog[open]')) setChosen(new Set());
    };
    addEventListener('keydown', clearByKey);
    return () => removeEventListener('keydown', clearByKey);
  }, [ids.size === 0]);
  return {
    ids,
    toggle(id, range = false) {
      const on = !ids.has(id);
      const from = range && last.current !== null ? shown.indexOf(last.current) : -1;
      const to = shown.indexOf(id);
      const among = from < 0 ? [id] : shown.slice(Math.min(from, to), Math.max(from, to) + 1);
      const next = new Set(ids);
      for (const each of among) on ? next.add(each) : next.delete(each);
      last.current = id;
      setChosen(next);
    },
    all: (on) => setChosen(new Set(on ? shown : [])),
    clear: () => setChosen(new Set()),
  };
}
