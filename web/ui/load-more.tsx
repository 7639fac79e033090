import './load-more.css';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../lib/i18n/translate.ts';
import { Button } from './button.tsx';

interface LoadMoreProps {
  hasMore: boolean;
  loading: boolean;
  failed: boolean;
  onMore: () => void;
}

/** Loads on when its place comes near; a button for the keyboard, and for trying again. */
export function LoadMore({ hasMore, loading, failed, onMore }: LoadMoreProps) {
  const place = useRef<HTMLDivElement>(null);
  const more = useRef(onMore);
  more.current = onMore;
  useEffect(() => {
    if (!hasMore || loading || failed || !place.current) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && more.current(),
      { rootMargin: '900px' },
    );
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [hasMore, loading, failed]);
  if (!hasMore) return null;
  return (
    <div ref={place} class="load-more">
      <Button busy={loading} onClick={onMore}>
        {failed ? t('action.retry') : loading ? t('loading') : t('action.more')}
      </Button>
    </div>
  );
}
