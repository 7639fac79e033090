import { fetchPush, subscribe, unsubscribe } from './api/notices.ts';
import { basePath, serverUrl } from './base.ts';

/** What can be said of push in this browser. `insecure`: the page came without HTTPS. `blocked`: its user said no. */
export type DeviceState =
  | { can: false; why: 'insecure' | 'unsupported' | 'blocked' }
  | { can: true; isTold: boolean; endpoint: string | null };

/** Whether this browser is told. What the server has forgotten, because the browser's service had, counts as off. */
export async function readDevice(): Promise<DeviceState> {
  const { publicKey, subscriptions } = await fetchPush();
  if (!isSecureContext) return { can: false, why: 'insecure' };
  if (!('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window)) {
    return { can: false, why: 'unsupported' };
  }
  if (Notification.permission === 'denied') return { can: false, why: 'blocked' };
  const own = await ownSubscription();
  const isOurs = own !== null && keyOf(own) === publicKey;
  const isTold = isOurs && subscriptions.some(({ endpoint }) => endpoint === own.endpoint);
  return { can: true, isTold, endpoint: isTold ? own.endpoint : null };
}

/** Asks for permission and subscribes. Browsers that are asked and say no reject with `NotAllowedError`. */
export async function tellDevice(): Promise<void> {
  const { publicKey } = await fetchPush();
  const script = serverUrl('push-worker.js');
  const registration = await navigator.serviceWorker.register(script, { scope: basePath, updateViaCache: 'none' });
  await navigator.serviceWorker.ready;
  const old = await registration.pushManager.getSubscription();
  // A browser subscribes by one key alone: after a move to another database the old one would be refused for ever.
  if (old && keyOf(old) !== publicKey) await old.unsubscribe();
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: publicKey,
  });
  await subscribe(subscription.toJSON());
}

export async function forgetDevice(): Promise<void> {
  const own = await ownSubscription();
  if (!own) return;
  const { subscriptions } = await fetchPush();
  const known = subscriptions.find(({ endpoint }) => endpoint === own.endpoint);
  if (known) await unsubscribe(known.id);
  await own.unsubscribe();
}

async function ownSubscription(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker.getRegistration(basePath);
  return (await registration?.pushManager.getSubscription()) ?? null;
}

/** Its key as the server writes it: base64url. */
function keyOf({ options }: PushSubscription): string {
  const bytes = new Uint8Array(options.applicationServerKey ?? new ArrayBuffer(0));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}
