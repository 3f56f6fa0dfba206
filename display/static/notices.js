// What a phone of Android lets no page show by itself, this shows for it. It keeps nothing and fetches nothing.
self.addEventListener('notificationclick', event => {
  event.notification.close();
  const asked = self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  event.waitUntil(asked.then(pages => pages.find(page => page.url === event.notification.data)?.focus()));
});
