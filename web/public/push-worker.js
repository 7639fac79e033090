// Shows what Kinora tells this device, and opens the page it is about. It keeps nothing and answers no requests.

self.addEventListener('push', (event) => {
  const { title = 'Kinora', body = '', path = '/', tag } = event.data?.json() ?? {};
  // Browsers take the permission back from those who are pushed to and show nothing.
  event.waitUntil(
    self.registration.showNotification(title, {
      body,
      tag,
      renotify: Boolean(tag),
      icon: new URL('icon-192.png', self.registration.scope).href,
      data: { path },
    }),
  );
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  // Paths are below where Kinora lives; another site is never opened.
  const path = String(event.notification.data?.path ?? '/').replace(/^\/+/, '');
  const wanted = new URL(path, self.registration.scope);
  const target = wanted.href.startsWith(self.registration.scope) ? wanted.href : self.registration.scope;
  event.waitUntil(show(target));
});

async function show(url) {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const here = pages.find((page) => page.url === url);
  return here ? here.focus() : self.clients.openWindow(url);
}
