import { effect, signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'kinora.theme';
const prefersLight = matchMedia('(prefers-color-scheme: light)');
const systemLight = signal(prefersLight.matches);

export const theme = signal<Theme>(readTheme());

function readTheme(): Theme {
  const stored = localStorage.getItem(KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

export function chooseTheme(next: Theme): void {
  theme.value = next;
  localStorage.setItem(KEY, next);
}

/** Keeps `data-theme` and the browser's own bars in step with the choice and the system. */
export function followTheme(): void {
  prefersLight.addEventListener('change', (event) => {
    systemLight.value = event.matches;
  });
  effect(() => {
    const light = theme.value === 'light' || (theme.value === 'system' && systemLight.value);
    document.documentElement.dataset.theme = light ? 'light' : 'dark';
    for (const meta of document.querySelectorAll('meta[name=theme-color]'))
      meta.setAttribute('content', light ? '#f7f7f8' : '#0b0c0f');
  });
}
