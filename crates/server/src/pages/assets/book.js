// Brings purchases into the open book as they arrive, and searches while somebody types. The page is whole
// without this file; nothing is kept in the browser.
const entries = document.getElementById('entries');
const form = document.getElementById('search');
const field = document.getElementById('q');

async function fetched(path) {
  const answer = await fetch(path, { headers: { accept: 'text/html' } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), 'text/html');
}

// Puts the day group of one purchase where it belongs: into its day if that is shown, else above the
// first older day.
function place(group, id) {
  const old = document.getElementById(id);
  const entry = group.querySelector('.entry');
  if (old) {
    entry.querySelector('details').open = old.querySelector('details').open;
    old.replaceWith(entry);
    return entry;
  }
  entries.querySelector('.empty')?.remove();
  const day = group.dataset.day;
  const days = [...entries.querySelectorAll('.day')];
  const same = days.find((other) => other.dataset.day === day);
  if (same) {
    same.querySelector('.entries').prepend(entry);
  } else {
    const older = days.find((other) => other.dataset.day < day);
    entries.insertBefore(group, older ?? null);
  }
  return entry;
}

async function arrive(event, isNew) {
  const { purchase_id: id } = JSON.parse(event.data);
  // Whether it belongs to what was searched for is decided where the book is read.
  if (field.value.trim() !== '') return soon();
  if (!isNew && !document.getElementById(id)) return;
  const group = (await fetched(`/book/${id}/entry`)).querySelector('.day');
  const entry = place(group, id);
  if (isNew) {
    entry.classList.add('arrived');
    entry.dataset.sign = entries.dataset.arrived;
  }
}

let source;
function listen() {
  if (source || !entries.dataset.live) return;
  source = new EventSource(entries.dataset.live);
  source.addEventListener('purchase', (event) => arrive(event, true));
  source.addEventListener('named', (event) => arrive(event, false));
  source.addEventListener('changed', (event) => arrive(event, false));
  source.addEventListener('reload', () => location.reload());
}

let asked = 0;
async function search() {
  const mine = ++asked;
  const query = new URLSearchParams(new FormData(form));
  const path = field.value.trim() === '' ? '/book' : `/book?${query}`;
  const page = await fetched(path);
  if (mine !== asked) return; // Somebody typed on meanwhile.
  const found = page.getElementById('entries');
  // What the page asks of its reader can wait until nothing is searched for.
  const aside = document.querySelector('.banner');
  if (aside) aside.hidden = !page.querySelector('.banner');
  entries.replaceChildren(...found.childNodes);
  document.querySelector('.more')?.remove();
  const more = page.querySelector('.more');
  if (more) entries.after(more);
  history.replaceState(null, '', path);
  // A page of older purchases listens from here on, and one that listens goes on.
  entries.dataset.live = found.dataset.live;
  listen();
}

let timer;
let composing = false;
// An answer that does not come leaves what is shown; the button asks once more and shows what is the matter.
const soon = () => {
  clearTimeout(timer);
  timer = setTimeout(() => { if (!composing) search().catch(() => {}); }, 150);
};
// While an input method is choosing characters, what stands in the field is not yet what is meant.
field.addEventListener('compositionstart', () => { composing = true; });
field.addEventListener('compositionend', () => { composing = false; soon(); });
field.addEventListener('input', () => { if (!composing) soon(); });
form.addEventListener('submit', (event) => {
  event.preventDefault();
  clearTimeout(timer);
  search().catch(() => form.submit());
});
// A page that the browser kept while somebody was elsewhere has missed what came meanwhile.
addEventListener('pageshow', (event) => {
  if (!event.persisted) return;
  source?.close();
  source = undefined;
  search().catch(() => location.reload());
});
listen();
