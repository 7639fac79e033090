import { useEffect } from 'preact/hooks';
import { instance } from './session.ts';

/** What the tab says: "Title · Instance". */
export function usePageTitle(title: string | null): void {
  const name = instance.value?.name || 'Kinora';
  useEffect(() => {
    document.title = title ? `${title} · ${name}` : name;
  }, [title, name]);
}
