'use strict';
// Talking with the device: what it answers, what it wants to be shown, and what this browser keeps.
// A till on another machine shows its key, and a page where somebody is signed on shows that.

// What the device said instead of yes, or that it said nothing.
class Problem extends Error {
  constructor(status, code, detail, params = {}) {
    super(detail);
    Object.assign(this, { status, code, params });
  }

  // In the cashier's language where there are words for it; amounts as amounts.
  words() {
    const key = `e_${this.code}`;
    if (!WORDS[lang][key]) return this.message;
    const amounts = ['missing', 'total', 'over', 'cash', 'listed', 'off', 'price'];
    const shown = ([name, value]) => [name, amounts.includes(name) ? money(value) : value];
    return t(key, Object.fromEntries(Object.entries(this.params).map(shown)));
  }
}

// A key in the address is kept and taken out of sight, so that nobody reads it from the screen.
function takeKey() {
  const found = /[#?&]key=(ort_[0-9a-f]+)/.exec(location.href);
  if (!found) return;
  localStorage.setItem('orihon.key', found[1]);
  history.replaceState(null, '', location.pathname);
}

// Who is signed on at this page; a closed window signs off.
const session = {
  get: () => JSON.parse(sessionStorage.getItem('orihon.session') ?? 'null'),
  set: (value) => sessionStorage.setItem('orihon.session', JSON.stringify(value)),
};

function shownKeys() {
  const key = localStorage.getItem('orihon.key');
  const on = session.get();
  return { ...(key ? { authorization: `Bearer ${key}` } : {}), ...(on ? { 'orihon-session': on.session } : {}) };
}

async function api(method, path, body) {
  const request = { method, headers: shownKeys() };
  // A question may be given up and asked again; an order may not, because it may have been carried
  // out.
  if (method === 'GET') request.signal = AbortSignal.timeout(4000);
  if (body !== undefined) {
    request.headers['content-type'] = 'application/json';
    request.body = JSON.stringify(body);
  }
  let answer;
  let text;
  try {
    answer = await fetch(path, request);
    text = await answer.text();
  } catch {
    throw new Problem(0, 'silent', t(method === 'GET' ? 'device_down' : 'lost_answer'));
  }
  let value = null;
  try {
    value = text ? JSON.parse(text) : null;
  } catch {
    value = { detail: text };
  }
  if (answer.ok) return value;
  const problem = new Problem(answer.status, value?.code ?? 'other', value?.detail ?? String(answer.status), value?.params);
  if (problem.code === 'signed_off') signedOff();
  if (problem.code === 'till_key') askKey();
  throw problem;
}

// The picture of a claim code, as data, so that it is there when paper is printed. Without it the
// digits are enough.
async function squareOf(code) {
  try {
    const answer = await fetch(`/api/claims/${code}.svg`, { headers: shownKeys(), signal: AbortSignal.timeout(2000) });
    return answer.ok ? `data:image/svg+xml,${encodeURIComponent(await answer.text())}` : null;
  } catch {
    return null;
  }
}

// What is kept on this till's browser, under one prefix.
function kept(name, fallback) {
  try {
    return JSON.parse(localStorage.getItem(`orihon.${name}`)) ?? fallback;
  } catch {
    return fallback;
  }
}

function keep(name, value) {
  localStorage.setItem(`orihon.${name}`, JSON.stringify(value));
}
