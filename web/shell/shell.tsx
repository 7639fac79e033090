import './shell.css';
import { WifiOff } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useLocation } from 'preact-iso';
import { appPath } from '../lib/base.ts';
import { reachable } from '../lib/connection.ts';
import { t } from '../lib/i18n/translate.ts';
import { isAdmin } from '../lib/session.ts';
import { Banner } from '../ui/banner.tsx';
import { Arrival } from './arrival.tsx';
import { DiskBanner } from './disk-banner.tsx';
import { Dock } from './dock.tsx';
import { Rail } from './rail.tsx';
import { TopBar } from './top-bar.tsx';

// Pages that stand alone: nothing around them that asks for an account one does not have yet.
const PLAIN = ['/setup', '/sign-in', '/register'].map(appPath);

interface ShellProps {
  /** The path of the page on screen. */
  shown: string;
  children: ComponentChildren;
}

export function Shell({ shown, children }: ShellProps) {
  const { path } = useLocation();
  // There the rail steps back.
  const watching = shown.startsWith(appPath('/watch/'));
  const plain = PLAIN.includes(path) || path.startsWith(appPath('/reset/'));
  return (
    <div class={plain ? 'shell shell--plain' : watching ? 'shell shell--watch' : 'shell'}>
      {/* biome-ignore lint/a11y/useValidAnchor: a bare "#main" would resolve against <base href>, so the click does it. */}
      <a class="skip-link" href="#main" onClick={skipToMain}>
        {t('shell.skip')}
      </a>
      {!plain && <TopBar />}
      {!plain && <Rail />}
      <main id="main" class="shell__main" tabIndex={-1}>
        {!reachable.value && (
          <div class="shell__notice">
            <Banner icon={WifiOff} tone="warn" data-testid="offline-banner">
              {t('shell.unreachable')}
            </Banner>
          </div>
        )}
        {!plain && isAdmin.value && <DiskBanner />}
        {children}
      </main>
      {!plain && <Dock />}
      <Arrival shown={shown} />
    </div>
  );
}

function skipToMain(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}
