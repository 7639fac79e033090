import './storage.css';
import type { OverviewWire } from '../../../../src/features/overview/api.ts';
import { appPath } from '../../../lib/base.ts';
import { bytesText, dateTimeText, percentText, relativeText } from '../../../lib/i18n/format.ts';
import { t } from '../../../lib/i18n/translate.ts';
import { ProgressBar } from '../../../ui/progress.tsx';

type Disk = NonNullable<OverviewWire['disk']>;

/** How full the disk is and when it will be full, what our own files take, and who takes it. */
export function Storage({ disk, storage }: Pick<OverviewWire, 'disk' | 'storage'>) {
  const { files, libraries, origins, channels, cache, countedAtMs } = storage;
  return (
    <section class="overview__storage" aria-labelledby="storage-title">
      <h2 id="storage-title">{t('storage.title')}</h2>
      <div class="overview__card storage" data-testid="storage">
        {disk && <DiskLine disk={disk} />}
        <h3>{t('storage.ours')}</h3>
        {countedAtMs === null ? (
          <p class="storage__note">{t('storage.counting')}</p>
        ) : (
          <>
            <dl>
              {files.map(({ kind, ...usage }) => (
                <Line key={kind} name={t(`storage.${kind}`)} {...usage} />
              ))}
            </dl>
            <p class="storage__note">
              {cache.files > 0 && `${t('storage.cache', { bytes: bytesText(cache.bytes) })} `}
              <span title={dateTimeText(countedAtMs)}>{t('storage.counted', { time: relativeText(countedAtMs) })}</span>
            </p>
          </>
        )}
        {origins.length > 0 && (
          <>
            <h3>{t('storage.origins')}</h3>
            <dl data-testid="storage-origins">
              {origins.map(({ origin, ...usage }) => (
                <Line key={origin} name={t(`storage.origin.${origin}`)} {...usage} />
              ))}
            </dl>
          </>
        )}
        {channels.length > 0 && (
          <>
            <h3>{t('storage.channels')}</h3>
            <dl data-testid="storage-channels">
              {channels.map(({ channel, ...usage }) => (
                <Line
                  key={channel?.id}
                  name={channel?.name ?? t('storage.others')}
                  href={channel ? appPath(`/channel/${channel.handle}`) : undefined}
                  {...usage}
                />
              ))}
            </dl>
          </>
        )}
        {libraries.length > 0 && (
          <>
            <h3>{t('storage.libraries')}</h3>
            <dl>
              {libraries.map(({ library, ...usage }) => (
                <Line key={library.id} name={library.name} href={appPath(`/library/${library.id}`)} {...usage} />
              ))}
            </dl>
          </>
        )}
      </div>
    </section>
  );
}

/** What would free most; nothing where there are no videos. */
export function LargestVideos({ largest }: Pick<OverviewWire['storage'], 'largest'>) {
  if (largest.length === 0) return null;
  return (
    <section aria-labelledby="largest-title">
      <h2 id="largest-title">{t('storage.largest')}</h2>
      <div class="overview__card storage">
        <dl data-testid="storage-largest">
          {largest.map(({ id, title, bytes, origin }) => (
            <Line
              key={id}
              name={title}
              href={appPath(`/watch/${id}`)}
              note={t(`storage.origin.${origin}`)}
              bytes={bytes}
            />
          ))}
        </dl>
      </div>
    </section>
  );
}

function DiskLine({ disk }: { disk: Disk }) {
  const { freeBytes, totalBytes } = disk;
  const percent = (100 * (totalBytes - freeBytes)) / totalBytes;
  return (
    <div class="storage__disk">
      <p>
        <strong>{t('storage.free', { free: bytesText(freeBytes), total: bytesText(totalBytes) })}</strong>
        <span>{t('storage.full', { percent: percentText(percent) })}</span>
      </p>
      <ProgressBar percent={percent} label={t('storage.disk')} />
      <p class="storage__note" data-testid="disk-forecast">
        {forecastText(disk.forecast)}
      </p>
    </div>
  );
}

function forecastText(forecast: Disk['forecast']): string {
  if (!forecast) return t('storage.forecastNone');
  const params = { count: forecast.overDays };
  if (forecast.fullAtMs !== null) return t('storage.forecast', { ...params, time: relativeText(forecast.fullAtMs) });
  return t('storage.forecastNever', params);
}

interface LineProps {
  name: string;
  href?: string;
  bytes: number;
  files?: number;
  note?: string;
}

function Line({ name, href, bytes, files, note }: LineProps) {
  return (
    <div>
      <dt dir="auto">{href ? <a href={href}>{name}</a> : name}</dt>
      <dd>
        <small>{files === undefined ? note : t('storage.files', { count: files })}</small>
        <span>{bytesText(bytes)}</span>
      </dd>
    </div>
  );
}
