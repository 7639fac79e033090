import { useEffect, useState } from 'preact/hooks';
import { ErrorBoundary, LocationProvider, lazy, Route, Router, useLocation } from 'preact-iso';
import { appPath, basePath } from '../lib/base.ts';
import { instance, startProblem, startSession } from '../lib/session.ts';
import { HomePage } from '../pages/home/home-page.tsx';
import { NotFoundPage } from '../pages/not-found/not-found-page.tsx';
import { Toasts } from '../ui/toast.tsx';
import { Crash, Guard } from './guard.tsx';
import { rememberScroll, restoreScroll } from './scroll.ts';
import { Shell } from './shell.tsx';
import { StartPage } from './start-page.tsx';

const WatchPage = lazy(() => import('../pages/watch/watch-page.tsx').then((m) => m.WatchPage));
const UploadPage = lazy(() => import('../pages/upload/upload-page.tsx').then((m) => m.UploadPage));
const LibraryPage = lazy(() => import('../pages/library/library-page.tsx').then((m) => m.LibraryPage));
const ChannelPage = lazy(() => import('../pages/channel/channel-page.tsx').then((m) => m.ChannelPage));
const LibrariesPage = lazy(() => import('../pages/libraries/libraries-page.tsx').then((m) => m.LibrariesPage));
const JobsPage = lazy(() => import('../pages/jobs/jobs-page.tsx').then((m) => m.JobsPage));
const NoticesPage = lazy(() => import('../pages/admin/notices/notices-page.tsx').then((m) => m.NoticesPage));
const TasksPage = lazy(() => import('../pages/admin/tasks/tasks-page.tsx').then((m) => m.TasksPage));
const BackupsPage = lazy(() => import('../pages/admin/backups/backups-page.tsx').then((m) => m.BackupsPage));
const SettingsPage = lazy(() => import('../pages/admin/settings/settings-page.tsx').then((m) => m.SettingsPage));
const LogsPage = lazy(() => import('../pages/admin/logs/logs-page.tsx').then((m) => m.LogsPage));
const AuditPage = lazy(() => import('../pages/admin/audit/audit-page.tsx').then((m) => m.AuditPage));
const OverviewPage = lazy(() => import('../pages/admin/overview/overview-page.tsx').then((m) => m.OverviewPage));
const UsersPage = lazy(() => import('../pages/admin/users/users-page.tsx').then((m) => m.UsersPage));
const SetupPage = lazy(() => import('../pages/setup/setup-page.tsx').then((m) => m.SetupPage));
const SignInPage = lazy(() => import('../pages/sign-in/sign-in-page.tsx').then((m) => m.SignInPage));
const AccountPage = lazy(() => import('../pages/account/account-page.tsx').then((m) => m.AccountPage));
const ResetPage = lazy(() => import('../pages/reset/reset-page.tsx').then((m) => m.ResetPage));
const RegisterPage = lazy(() => import('../pages/register/register-page.tsx').then((m) => m.RegisterPage));

export function App() {
  return (
    <LocationProvider scope={new RegExp(`^(?!${basePath}(api|media|ws)/)`)}>
      <Crash>
        <Started />
      </Crash>
      <Toasts />
    </LocationProvider>
  );
}

function Started() {
  const { path, route } = useLocation();
  const needsSetup = instance.value?.needsSetup ?? false;
  const atSetup = path === appPath('/setup');
  // Not `path`: while a page's script is on its way, the page before it is still there.
  const [shown, setShown] = useState(path);
  useEffect(() => {
    if (needsSetup && !atSetup) route(appPath('/setup'), true);
  }, [needsSetup, atSetup]);

  function arrive(url: string): void {
    restoreScroll(url);
    setShown(url);
  }

  if (!instance.value) return <StartPage problem={startProblem.value} onRetry={startSession} />;
  return (
    <Shell shown={shown}>
      <ErrorBoundary>
        <Router onLoadStart={rememberScroll} onRouteChange={arrive}>
          <Route path={appPath('/')} component={HomePage} />
          <Route path={appPath('/watch/:id')} component={WatchPage} />
          <Route path={appPath('/library/:id')} component={LibraryPage} />
          <Route path={appPath('/channel/:handle')} component={ChannelPage} />
          <Route path={appPath('/setup')} component={SetupPage} />
          <Route path={appPath('/sign-in')} component={SignInPage} />
          <Route path={appPath('/register')} component={RegisterPage} />
          <Route path={appPath('/reset/:token')} component={ResetPage} />
          <Route path={appPath('/account')} component={Guard} page={AccountPage} />
          <Route path={appPath('/libraries')} component={Guard} page={LibrariesPage} />
          <Route path={appPath('/upload')} component={Guard} page={UploadPage} />
          <Route path={appPath('/admin')} component={Guard} page={OverviewPage} admin />
          <Route path={appPath('/admin/users')} component={Guard} page={UsersPage} admin />
          <Route path={appPath('/admin/libraries')} component={Guard} page={LibrariesPage} admin />
          <Route path={appPath('/admin/jobs')} component={Guard} page={JobsPage} admin />
          <Route path={appPath('/admin/notices')} component={Guard} page={NoticesPage} admin />
          <Route path={appPath('/admin/tasks')} component={Guard} page={TasksPage} admin />
          <Route path={appPath('/admin/backups')} component={Guard} page={BackupsPage} admin />
          <Route path={appPath('/admin/settings')} component={Guard} page={SettingsPage} admin />
          <Route path={appPath('/admin/logs')} component={Guard} page={LogsPage} admin />
          <Route path={appPath('/admin/audit')} component={Guard} page={AuditPage} admin />
          <Route path={appPath('/jobs')} component={Guard} page={JobsPage} admin />
          <Route default component={NotFoundPage} />
        </Router>
      </ErrorBoundary>
    </Shell>
  );
}
