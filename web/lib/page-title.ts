import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { instance } from './session.ts';

/** What the tab says now. */
export const pageTitle = signal('');

/** What the tab says: "Title · Instance". */
export function usePageTitle(title: string | null): void {
  const name = instance.value?.name || 'Kinora';
  useEffect(() => {
    document.title = title ? `${title} · ${name}` : name;
    pageTitle.value = document.title;
  }, [title, name]);
}
