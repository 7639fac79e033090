import { CircleAlert, Lock, RotateCw } from 'lucide';
import { Component, type ComponentChildren, type JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { appPath, withoutBase } from '../lib/base.ts';
import { t } from '../lib/i18n/translate.ts';
import { isAdmin, user } from '../lib/session.ts';
import { AdminArea } from '../pages/admin/admin-area.tsx';
import { Button } from '../ui/button.tsx';
import { Empty } from '../ui/empty.tsx';

/**
 * Pages for people who are signed in: visitors are sent to sign in, and back here afterwards. `admin`: those of the admin area,
 * with its bar around them.
 */
export function Guard({ page: Page, admin }: { page: () => JSX.Element; admin?: boolean }) {
  const { url, route } = useLocation();
  const visitor = user.value === null;
  useEffect(() => {
    if (visitor) route(appPath(`/sign-in?next=${encodeURIComponent(withoutBase(url))}`), true);
  }, [visitor]);
  if (!user.value) return null;
  if (admin && !isAdmin.value)
    return (
      <Empty page icon={Lock} title={t('guard.adminTitle')}>
        {t('guard.adminText')}
      </Empty>
    );
  if (!admin) return <Page />;
  return (
    <AdminArea>
      <Page />
    </AdminArea>
  );
}

/** Catches what a page throws, so that a mistake in one place leaves a way on. */
export class Crash extends Component<{ children: ComponentChildren }, { error: unknown }> {
  override state = { error: null };

  override componentDidCatch(error: unknown): void {
    console.error(error);
    this.setState({ error });
  }

  render() {
    if (!this.state.error) return this.props.children;
    return (
      <Empty
        page
        icon={CircleAlert}
        title={t('crash.title')}
        data-testid="crash"
        actions={
          <Button variant="primary" icon={RotateCw} onClick={() => location.reload()}>
            {t('action.retry')}
          </Button>
        }
      >
        {t('crash.text')}
      </Empty>
    );
  }
}
