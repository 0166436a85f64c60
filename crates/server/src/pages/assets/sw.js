// Answers for the page of the code where there is no signal, and for nothing else: everything that can be
// asked of the server is asked of the server. What it keeps is the empty page and the files it is made of;
// the codes themselves lie in the phone's database, and go when somebody signs out.
const SHELL = 'code';
const OFFLINE = '/code/offline';
// Longer than a slow network takes, shorter than a queue at a till has patience.
const PATIENCE = 4_000;

async function keepShell() {
  const answer = await fetch(OFFLINE, { cache: 'no-store' });
  if (!answer.ok || answer.redirected) return;
  const text = await answer.clone().text();
  const files = [...text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path]) => path);
  const cache = await caches.open(SHELL);
  for (const path of files) if (!(await cache.match(path))) await cache.add(path);
  await cache.put(OFFLINE, answer);
  for (const request of await cache.keys()) {
    const { pathname, search } = new URL(request.url);
    if (pathname !== OFFLINE && !files.includes(pathname + search)) await cache.delete(request);
  }
}

function forget() {
  indexedDB.deleteDatabase('orihon');
  return caches.delete(SHELL);
}

async function codePage(request) {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    // The welcome takes over: nobody is signed in, so there is nobody whose codes these could be.
    if (answer.type === 'opaqueredirect') await forget();
    if (answer.status < 500) return answer;
    return (await caches.match(OFFLINE)) ?? answer;
  } catch {
    return (await caches.match(OFFLINE)) ?? Response.error();
  }
}

const asset = async (request) => (await caches.match(request)) ?? fetch(request);

addEventListener('install', (event) => event.waitUntil(keepShell().then(() => skipWaiting())));
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('message', (event) => {
  if (event.data === 'renew') event.waitUntil(keepShell());
});
addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate' && pathname === '/code') event.respondWith(codePage(request));
  else if (pathname.startsWith('/assets/')) event.respondWith(asset(request));
});
