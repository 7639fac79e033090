import '@fontsource-variable/inter/wght.css';
import './ui/tokens.css';
import './ui/base.css';
import { render } from 'preact';
import { en } from './lib/i18n/en.ts';
import { useCatalogue } from './lib/i18n/translate.ts';
import { followLive } from './lib/live/follow.ts';
import { startSession } from './lib/session.ts';
import { followTheme } from './lib/theme.ts';
import { App } from './shell/app.tsx';

useCatalogue('en', en);
followTheme();
followLive();
void startSession();
render(<App />, document.getElementById('app')!);
