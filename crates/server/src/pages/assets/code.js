// Turns the page of the code when a purchase arrives, keeps the screen awake, and keeps codes on this phone
// for where there is no signal. The page is whole without this file. It draws nothing: every picture comes
// from the server, and a code that was shown for ten minutes, or that brought a purchase, is not shown again.
const MINUTE = 60_000;
const SHOWN_FOR = 10 * MINUTE;
const ARRIVAL_FOR = 8_000;
const OLD_AFTER = 7 * 24 * 60 * MINUTE;
const FEW = 6;
const LOOK_EVERY = 5_000;
const PATIENCE = 4_000;

const page = document.getElementById('code');
const face = document.getElementById('face');
const told = document.getElementById('kept');
const wish = document.getElementById('wish');
const next = document.getElementById('next');
const isOffline = 'offline' in page.dataset;

// The codes that this phone keeps. All changes of one step are one transaction, so that two open pages
// never show the same code as a new one.
function withCodes(work) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('orihon', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('codes', { keyPath: 'id' });
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const step = database.transaction('codes', 'readwrite');
      const codes = step.objectStore('codes');
      let result;
      codes.getAll().onsuccess = (event) => { result = work(event.target.result, codes); };
      step.oncomplete = () => { database.close(); resolve(result); };
      step.onabort = () => { database.close(); reject(step.error); };
    };
  });
}

const isFree = (code, now) => code.shown_at === undefined && code.expires_at > now;

// Lets go of what was shown, is old or is somebody else's; tells how many are left.
function tidy(of) {
  return withCodes((all, codes) => {
    const now = Date.now();
    const isGood = (code) => code.of === of && isFree(code, now) && code.issued_at > now - OLD_AFTER;
    for (const code of all) if (!isGood(code)) codes.delete(code.id);
    return all.filter(isGood).length;
  });
}

async function fill() {
  const { of, kept: path } = page.dataset;
  let count = await tidy(of);
  if (count < FEW) {
    const answer = await fetch(path, { method: 'POST' });
    if (!answer.ok || answer.redirected) return;
    const fetched = await answer.json();
    await withCodes((all, codes) => { for (const code of fetched.codes) codes.put({ ...code, of: fetched.of }); });
    count = await tidy(of);
  }
  tell(told.dataset.ready.replace('{n}', count));
}

function tell(text) {
  told.textContent = text;
  told.hidden = false;
}

async function keep() {
  if (!isSecureContext) return tell(told.dataset.insecure);
  if (!('serviceWorker' in navigator) || !('indexedDB' in window)) return tell(told.dataset.impossible);
  try {
    await navigator.serviceWorker.register('/sw.js');
    const { active } = await navigator.serviceWorker.ready;
    active.postMessage('renew');
    await fill();
  } catch {
    // A private window, or no room on the phone.
    tell(told.dataset.impossible);
  }
}

const parsed = (html) => new DOMParser().parseFromString(html, 'text/html');

// What a page says about the switch is taken over into this one.
function take(other) {
  face.replaceChildren(...other.getElementById('face').childNodes);
  wish.replaceChildren(...other.getElementById('wish').childNodes);
}

let loadedAt = Date.now();
let turning;
async function refresh(request = {}, path = '/code') {
  clearTimeout(turning);
  const answer = await fetch(path, request);
  const other = parsed(await answer.text());
  // Signed out meanwhile, or without a signal: the browser shows what there is.
  if (!answer.ok || !other.getElementById('face')) return location.assign('/code');
  loadedAt = Date.now();
  take(other);
}

const again = () => refresh().catch(() => location.reload());

async function arrive(event) {
  const { purchase_id: id } = JSON.parse(event.data);
  const entry = parsed(await (await fetch(`/book/${id}/entry`)).text());
  const card = document.getElementById('arrived').content.cloneNode(true);
  card.querySelector('.shop bdi').textContent = entry.querySelector('.shop')?.textContent ?? '';
  card.querySelector('.total').textContent = entry.querySelector('.total')?.textContent ?? '';
  card.querySelector('a').href = `/book/${id}`;
  card.querySelector('button').addEventListener('click', again);
  face.replaceChildren(card);
  navigator.vibrate?.(80);
  clearTimeout(turning);
  turning = setTimeout(again, ARRIVAL_FOR);
}

function online() {
  const source = new EventSource(page.dataset.live);
  source.addEventListener('purchase', arrive);
  source.addEventListener('reload', again);
  const send = (event, body) => {
    event.preventDefault();
    refresh({ method: 'POST', body }, event.target.getAttribute('action')).catch(() => location.reload());
  };
  wish.addEventListener('submit', (event) => {
    const { name, value } = wish.querySelector('button');
    send(event, new URLSearchParams([[name, value]]));
  });
  next.addEventListener('submit', (event) => send(event));
  // A page that comes back from the background, or from the browser's memory, may be about a code long used.
  const back = () => { if (Date.now() - loadedAt > SHOWN_FOR) again(); };
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') back(); });
  window.addEventListener('pageshow', (event) => { if (event.persisted) again(); });
  keep();
}

// Without a signal: the code shown now, or the next one; `isNext` lets go of the present one.
function pick(isNext) {
  return withCodes((all, codes) => {
    const now = Date.now();
    const shown = all.find((code) => code.shown_at > now - SHOWN_FOR && !code.done);
    if (shown && !isNext) return shown;
    if (shown) codes.put({ ...shown, done: true });
    const [code] = all.filter((one) => isFree(one, now)).sort((a, b) => a.expires_at - b.expires_at);
    if (!code) return undefined;
    const taken = { ...code, shown_at: now };
    codes.put(taken);
    return taken;
  });
}

let noPaper = false;
let leaving = false;
let shown;
function draw() {
  const button = wish.querySelector('button');
  button.setAttribute('aria-checked', String(noPaper));
  if (shown) {
    face.replaceChildren(...parsed(noPaper ? shown.no_paper : shown.paper).body.childNodes);
  } else {
    face.textContent = face.dataset.none;
  }
}

async function change(isNext) {
  shown = await pick(isNext).catch(() => undefined);
  draw();
  clearTimeout(turning);
  if (shown) turning = setTimeout(() => change(false), shown.shown_at + SHOWN_FOR - Date.now());
}

// A signal that is back leads nowhere for a while yet: the page goes on as soon as the server answers, and no
// slower than a page would have to.
async function back() {
  if (leaving || document.hidden || !navigator.onLine) return;
  const request = { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) };
  const answer = await fetch('/code', request).catch(() => undefined);
  if (!answer?.ok || leaving) return;
  leaving = true;
  location.assign('/code');
}

function offline() {
  wish.addEventListener('submit', (event) => { event.preventDefault(); noPaper = !noPaper; draw(); });
  next.addEventListener('submit', (event) => { event.preventDefault(); change(true); });
  window.addEventListener('online', back);
  setInterval(back, LOOK_EVERY);
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'visible') change(false); });
  change(false);
}

// The screen stays on while the page is looked at, where the browser can do that.
async function stayAwake() {
  if (document.visibilityState !== 'visible') return;
  try {
    await navigator.wakeLock?.request('screen');
  } catch {
    // The battery is low: the screen goes dark as ever.
  }
}

document.addEventListener('visibilitychange', stayAwake);
stayAwake();
if (isOffline) offline();
else online();
