'use strict';
// The till: scanning, the lines, and payment. What was rung up is written down at each step, so that
// a closed browser loses nothing.

const $ = (id) => document.getElementById(id);

let training = kept('training', false);
let shop = { name: '', business_date: null };
let alive = null;
let basket = emptyBasket();
let chosen = -1;
let removed = null;
let busy = false;
// Scans wait for each other, so that a fast scanner keeps its order.
let scans = Promise.resolve();

// Training has baskets of its own, so that nothing practised is ever sold.
const own = (name) => (training ? `training.${name}` : name);
const terminalNumber = () => kept('terminal', '1');
const staffNumber = () => (signsOn() ? session.get()?.staff ?? '' : plain($('staff').value));

function say(text, ...nodes) {
  $('message').replaceChildren(text, ...nodes);
}

// Says what went wrong, large, until it is dismissed or something works.
function complain(problem) {
  if (['not_approved', 'signed_off', 'till_key'].includes(problem.code)) return;
  const known = `error_${problem.code}`;
  const silent = problem.code === 'silent';
  const title = silent ? problem.message : t(WORDS[lang][known] ? known : 'error_other');
  const detail = silent ? '' : problem.words();
  const node = el('div', {}, el('strong', { textContent: title }), el('p', { textContent: detail }),
    basket.lines.length ? el('p', { textContent: t('kept') }) : null);
  // Behind an open dialog nobody would see it.
  if (document.querySelector('dialog[open]')) {
    const copy = node.cloneNode(true);
    copy.querySelector('strong').remove();
    sheet(title, copy).classList.add('wrong');
  }
  $('alert').replaceChildren(node, button(t('close'), calm));
  $('alert').hidden = false;
  beep();
}

function calm() {
  $('alert').hidden = true;
}

// A cashier looks at the goods, not at the screen; a fault has to be heard.
function beep() {
  try {
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    tone.frequency.value = 330;
    tone.connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.25);
    tone.onended = () => audio.close();
  } catch {
    // A machine without sound still has the text.
  }
}

function changed() {
  keep(own('basket'), basket);
  render();
}

// A browser may give the focus back without the caret when a dialog goes, and then swallow what is
// typed; so the caret is set as well.
function rest() {
  const scan = $('scan');
  scan.focus();
  scan.setSelectionRange(scan.value.length, scan.value.length);
}

// --- Payment ---

async function pay(kind) {
  if (!basket.lines.length) return say(t('none_selected'));
  const sums = reckon(basket);
  if (sums.total < 0) return complain(new Problem(0, 'negative_total', '', { total: sums.total }));
  if (basket.mode === 'return') return payOut(kind);
  if (sums.due <= 0) return basket.back ? finishExchange(kind) : finish();
  const cash = kind === 'cash';
  const notes = currency === 'JPY' ? [1000, 5000, 10000] : [10, 20, 50].map((note) => note * 10 ** fractionDigits());
  const values = await ask({
    title: cash ? t('cash_title') : t('pay_title', { kind: t(kind) }), note: t('to_pay', { m: money(sums.due) }),
    fields: [{ name: 'amount', label: t(cash ? 'tendered' : 'amount'), value: typed(sums.due), required: true, pad: true, longest: 14 }],
    check: (given) => amountFault(given.amount, t('tendered')) ?? (readAmount(given.amount) === 0 ? t('bad_amount', { label: t('tendered') }) : null)
      ?? (!cash && readAmount(given.amount) > sums.due ? t('too_much', { m: money(sums.due) }) : null),
    enough: (sum) => sum >= sums.due,
    quick: cash ? [{ label: t('exact'), values: { amount: typed(sums.due) } }, ...notes.map((note) => ({ label: money(note), add: note }))] : [],
  });
  if (!values) return;
  basket.tenders.push({ kind, amount: readAmount(values.amount) });
  changed();
  if (reckon(basket).due <= 0) await (basket.back ? finishExchange('cash') : finish());
}

// A second press must not sell twice, and what is scanned meanwhile belongs to the next customer.
function finish() {
  if (busy) return null;
  busy = true;
  const sold = sell();
  scans = scans.then(() => sold);
  return sold;
}

async function sell() {
  calm();
  const shown = reckon(basket).total;
  try {
    const number = kept('training.number', 0) + 1;
    const finished = training
      ? practised(basket, terminalNumber(), staffNumber(), shop.business_date, number)
      : await order('/api/sales', message(basket, terminalNumber(), staffNumber()));
    if (training) keep('training.number', number);
    const { settlement } = finished;
    const article = await drawn(slip(settlement, finished.names, { claim: finished.claim_code, training }));
    clear();
    finishedSheet({
      title: t('done_sale'), big: money(settlement.change ?? 0), bigLabel: t('change'), articles: [article], paper: finished.paper,
      note: settlement.total === shown ? null : t('differs', { m: money(shown) }), onKey: rest,
    });
    say('');
  } catch (problem) {
    complain(problem);
    if (problem.status === 422) await refreshPrices();
  } finally {
    busy = false;
  }
  refreshStatus();
}

function clear() {
  basket = emptyBasket();
  chosen = -1;
  removed = null;
  changed();
  renderFrame();
}

// --- Hold and recall ---

function hold() {
  const holds = kept(own('holds'), []);
  holds.push({ at: new Date().toISOString(), basket });
  keep(own('holds'), holds);
  clear();
  say(t('held'));
}

function holdOrRecall() {
  if (basket.lines.length) hold();
  else recallSheet();
}

function recallSheet() {
  const holds = kept(own('holds'), []);
  const take = (nth) => {
    const [taken] = holds.splice(nth, 1);
    keep(own('holds'), holds);
    return taken.basket;
  };
  const recall = (nth) => {
    const taken = take(nth);
    dialog.close();
    const both = basket.lines.length > 0;
    if (both) hold();
    basket = { ...emptyBasket(), ...taken };
    renderFrame();
    choose(basket.lines.length - 1);
    if (both) say(t('hold_first'));
    refreshPrices();
  };
  const rows = holds.map((one, nth) => cells(
    button(t('recall'), () => recall(nth)), new Date(one.at).toLocaleTimeString(lang === 'ja' ? 'ja-JP' : 'en-GB', { hour: '2-digit', minute: '2-digit' }),
    one.basket.lines.map((of) => of.name).join('、').slice(0, 60), money(reckon(one.basket).total),
    button(t('delete_hold'), () => { take(nth); dialog.close(); changed(); recallSheet(); }, { className: 'danger' })));
  const dialog = sheet(t('holds_title'), el('div', { className: 'scroll' },
    holds.length ? table(['recall', 'time', 'item', 'total', 'delete'], rows) : el('p', { textContent: t('no_holds') })));
}

async function bag() {
  const code = kept('bag', '') || shop.rules?.bag_code;
  if (!code) return say(t('no_bag'));
  scans = scans.then(() => ringUp(code));
}

// --- The screen ---

function lineRow(of, nth, sums) {
  const name = el('button', { type: 'button', className: 'name', 'aria-label': t('select_of', { name: of.name }), 'data-focus': `name${nth}`, onclick: () => choose(nth) }, of.name);
  const details = [...sums.offs.map((off) => `${off.label} ${money(-off.amount)}`), of.reason].filter(Boolean);
  const small = (text, label, id, onclick) => button(text, onclick, { 'aria-label': t(label, { name: of.name }), 'data-focus': `${id}${nth}` });
  const node = el('tr', { onclick: (event) => { if (!event.target.closest('button')) { choose(nth); rest(); } } },
    el('td', { className: of.part ? 'part' : '' }, name, ...details.map((text) => el('small', { textContent: text }))),
    el('td', { className: 'number', textContent: money(of.price) }),
    el('td', { className: 'steps' }, small('−', 'minus_of', 'minus', () => step(nth, -1n)), el('span', { textContent: `${of.quantity}${of.unit ?? ''}` }), small('＋', 'plus_of', 'plus', () => step(nth, 1n))),
    el('td', { className: 'number', textContent: money(sums.amount) }),
    el('td', {}, small('×', 'remove_of', 'remove', () => remove(nth))));
  if (nth === chosen) node.setAttribute('aria-current', 'true');
  return node;
}

function extra(text, amount, drop) {
  return el('li', {}, el('span', { textContent: text }), el('span', { textContent: amount }), button('×', () => { drop(); changed(); }, { 'aria-label': t('remove_of', { name: text }) }));
}

function render() {
  // The rows are made anew; whoever works by keyboard stays where they were.
  const focus = document.activeElement?.dataset?.focus;
  const sums = reckon(basket);
  $('lines').replaceChildren(...basket.lines.map((of, nth) => lineRow(of, nth, sums.lines[nth])));
  $('lines').querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  $('no-lines').hidden = basket.lines.length > 0;
  $('total').textContent = money(sums.total);
  $('pieces').textContent = t('pieces', { n: sums.pieces });
  $('taxes').replaceChildren(...sums.taxes.map((tax) => el('li', { textContent: t(tax.included ? 'tax_in' : 'tax_out', { p: tax.percent, s: money(tax.taxable), x: money(tax.tax) }) })));
  $('extras').replaceChildren(
    ...(basket.back ? [extra(t('exchanged', { n: basket.back.names.join('、') }), money(-basket.back.returned), () => { basket.back = null; renderFrame(); })] : []),
    ...(basket.buyer ? [extra(`${t('member')} …${basket.buyer.slice(-4)}`, '', () => { basket.buyer = ''; })] : []),
    ...basket.adjustments.map((one, nth) => extra(one.label, money(sums.adjustments[nth].reduce((all, part) => all + part.amount, 0)), () => basket.adjustments.splice(nth, 1))),
    ...basket.tenders.map((one, nth) => extra(t(one.kind), money(one.amount), () => basket.tenders.splice(nth, 1))));
  const begun = basket.tenders.length > 0 || basket.back;
  const done = basket.back && sums.due < 0 ? t('due_back', { m: money(-sums.due) }) : t('finish_again');
  $('due').textContent = begun ? (sums.due > 0 ? t('due', { m: money(sums.due) }) : done) : '';
  if (focus) document.querySelector(`[data-focus="${focus}"]`)?.focus();
}

function renderFrame() {
  translate();
  document.body.classList.toggle('training', training);
  document.body.classList.toggle('narrow-paper', paperWidth() === '58');
  const mode = basket.back ? 'exchange' : basket.mode;
  document.body.classList.toggle('goods-back', mode === 'return');
  $('mode-sign').hidden = mode === 'sale';
  $('mode-sign').textContent = mode === 'sale' ? '' : t(`mode_${mode}`);
  renderStaff();
  $('training').setAttribute('aria-pressed', String(training));
  $('training-sign').hidden = !training;
  $('language').textContent = t('other_language');
  $('language').lang = lang === 'ja' ? 'en' : 'ja';
  $('terminal').textContent = terminalNumber();
  const pays = [['cash', 'F8'], ['card', 'F9'], ['emoney', ''], ['qr', ''], ['points', '']];
  $('pay').setAttribute('aria-label', t('to_pay', { m: '' }).trim());
  const text = (kind) => (mode === 'return' ? t('refund_of', { kind: t(kind) }) : t(kind));
  const exchanging = mode === 'return' ? [button(t('exchange_it'), exchangeLoose)] : [];
  $('pay').replaceChildren(...pays.map(([kind, key]) => keyButton(key, text(kind), () => pay(kind), kind)), ...exchanging);
  $('keys').replaceChildren(...KEYS.filter(([, word]) => word).map(([key, word, work]) => keyButton(key.replace('Escape', 'Esc'), t(word), work, word)));
  render();
}

function keyButton(key, text, work, className) {
  const node = button('', () => work(), { className, 'aria-keyshortcuts': key || null });
  node.append(...(key ? [el('kbd', { textContent: key }), ' '] : []), text);
  return node;
}

function escape() {
  if ($('scan').value) $('scan').value = '';
  else remove(chosen);
}

// A key without a word has its button elsewhere; a word without a key is only touched.
const KEYS = [
  ['F1', 'k_sales', salesSheet], ['F2', 'k_quantity', setQuantity], ['F3', 'k_search', search], ['F4', 'k_discount', setDiscount],
  ['F6', 'k_price', setPrice], ['F7', 'k_receipt', adjust], ['F8', null, () => pay('cash')], ['F9', null, () => pay('card')],
  ['F10', 'k_hold', holdOrRecall], ['', 'k_recall', recallSheet], ['', 'k_member', askMember], ['', 'k_bag', bag], ['', 'k_part', togglePart], ['', 'k_back', toggleReturn], ['', 'k_close', closeSheet], ['Escape', 'k_cancel', escape],
];

function onKey(event) {
  if (document.querySelector('dialog[open]') || document.body.classList.contains('locked') || event.isComposing) return;
  const inScan = event.target === $('scan');
  const inField = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && !inScan;
  const found = KEYS.find(([key]) => key === event.key);
  if (found && !event.ctrlKey && !event.altKey && !event.metaKey) {
    event.preventDefault();
    found[2]();
  } else if ((event.key === 'ArrowUp' || event.key === 'ArrowDown') && !inField && basket.lines.length) {
    event.preventDefault();
    const by = event.key === 'ArrowUp' ? -1 : 1;
    choose(Math.max(0, Math.min(basket.lines.length - 1, chosen + by)));
  } else if ((event.key === '+' || event.key === '-') && !inField && !$('scan').value) {
    event.preventDefault();
    step(chosen, event.key === '+' ? 1n : -1n);
  } else if (event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.altKey && !event.metaKey && !inField && !inScan) {
    // The character follows the focus.
    rest();
  }
}

function submitScan() {
  const text = $('scan').value;
  $('scan').value = '';
  scans = scans.then(() => ringUp(text)).catch(complain);
}

function wireScan() {
  // A scanner behind an input method ends its code with the Enter that ends the composition.
  let entered = false;
  $('scan').addEventListener('keydown', (event) => {
    lastKey = performance.now();
    if (event.isComposing && (event.key === 'Enter' || event.code === 'Enter')) entered = true;
  });
  $('scan').addEventListener('compositionend', () => {
    if (entered && /^[\x21-\x7e]+$/.test(plainCode($('scan').value))) setTimeout(submitScan);
    entered = false;
  });
  // Only a finger on the field itself wants the screen's keyboard; a scanner never does.
  $('scan').addEventListener('pointerdown', () => { $('scan').inputMode = 'text'; });
  $('scan').addEventListener('blur', () => { $('scan').inputMode = 'none'; });
  $('scan-form').addEventListener('submit', (event) => {
    event.preventDefault();
    submitScan();
  });
}

const paperWidth = () => kept('paper', shop.rules?.receipt_width ?? '80');

async function settings() {
  const values = await ask({
    title: t('settings_title'),
    fields: [{ name: 'terminal', label: t('till_number'), value: terminalNumber(), required: true, longest: 32 },
      { name: 'paper', label: t('paper'), value: paperWidth(), options: [['80', '80 mm'], ['58', '58 mm']] },
      { name: 'autoPrint', label: t('auto_print'), value: kept('autoPrint', 'no'), options: [['no', t('no')], ['yes', t('yes')]] },
      { name: 'bag', label: t('bag_code'), value: kept('bag', '') }],
  });
  for (const [name, value] of Object.entries(values ?? {})) keep(name, value);
  renderFrame();
}

function openBasket() {
  basket = { ...emptyBasket(), ...kept(own('basket'), {}) };
  chosen = basket.lines.length - 1;
  removed = null;
  say('');
  renderFrame();
}

function start() {
  takeKey();
  whenClosed = rest;
  wireScan();
  $('sign-off').addEventListener('click', () => (session.get() ? signOff() : lock()));
  for (const used of ['keydown', 'pointerdown']) document.addEventListener(used, () => { lastUsed = Date.now(); });
  $('staff').value = kept('staff', '');
  $('staff').addEventListener('change', () => { keep('staff', staffNumber()); rest(); });
  $('staff').addEventListener('keydown', (event) => { if (event.key === 'Enter') rest(); });
  $('settings').addEventListener('click', settings);
  $('training').addEventListener('click', () => {
    training = !training;
    keep('training', training);
    openBasket();
    renderStatus();
  });
  $('language').addEventListener('click', () => {
    lang = lang === 'ja' ? 'en' : 'ja';
    localStorage.setItem('orihon.lang', lang);
    lastBar = '';
    openBasket();
    renderStatus();
  });
  document.addEventListener('keydown', onKey);
  // After a touch the scanner must find the field; a press of a key leaves the focus where it is.
  document.addEventListener('click', (event) => {
    if (event.detail > 0 && !event.target.closest('input, select, dialog') && !document.querySelector('dialog[open]')) rest();
  });
  openBasket();
  rest();
  watch();
}

start();
