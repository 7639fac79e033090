import { useEffect, useState } from 'preact/hooks';

/** Makes the whole window take dropped files. True while files hover over it. */
export function useDropTarget(onFiles: ((files: File[]) => void) | null): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    if (!onFiles) return;
    const listening = new AbortController();
    const on = { signal: listening.signal };
    let depth = 0;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    addEventListener(
      'dragenter',
      (event) => {
        if (hasFiles(event)) setOver(++depth > 0);
      },
      on,
    );
    addEventListener(
      'dragleave',
      (event) => {
        if (hasFiles(event)) setOver(--depth > 0);
      },
      on,
    );
    addEventListener(
      'dragover',
      (event) => {
        if (hasFiles(event)) event.preventDefault();
      },
      on,
    );
    addEventListener(
      'drop',
      (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        depth = 0;
        setOver(false);
        onFiles([...(event.dataTransfer?.files ?? [])]);
      },
      on,
    );
    return () => listening.abort();
  }, [onFiles]);
  return over;
}
