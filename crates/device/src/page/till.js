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
const staffNumber = () => plain($('staff').value);

function say(text, ...nodes) {
  $('message').replaceChildren(text, ...nodes);
}

// Says what went wrong, large, until it is dismissed or something works.
function complain(problem) {
  const known = `error_${problem.code}`;
  const title = problem.code === 'silent' ? problem.message : t(WORDS[lang][known] ? known : 'error_other');
  const detail = problem.code === 'silent' ? '' : problem.message;
  const node = el('div', {}, el('strong', { textContent: title }), el('p', { textContent: detail }),
    basket.lines.length ? el('p', { textContent: t('kept') }) : null);
  // Behind an open dialog nobody would see it.
  if (document.querySelector('dialog[open]')) sheet(title, node).classList.add('wrong');
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

// --- What is rung up ---

async function ringUp(text) {
  const typedIn = plainCode(text);
  if (!typedIn) return;
  calm();
  if (/^\d{22}$/.test(typedIn) || /^usr_[0-9a-z]+$/.test(typedIn)) {
    setMember(typedIn);
    return;
  }
  // "3*4901234567894" is three of it. A code that contains a star itself is looked up first.
  const many = /^(\d{1,4}(?:\.\d{1,6})?)[*x](.+)$/.exec(typedIn);
  const quantity = many ? readQuantity(many[1]) : null;
  const code = quantity ? many[2].trim() : typedIn;
  try {
    await addItem(await api('GET', `/api/items/${encodeURIComponent(code)}`), quantity);
  } catch (problem) {
    if (problem.status === 404) await addUnknown(code, quantity);
    else complain(problem.code === 'silent' ? problem : new Problem(problem.status, 'item', problem.message));
  }
}

const isWeighed = (item) => item.unit && !['each', '個', '点'].includes(item.unit);

async function addItem(item, quantity) {
  const same = basket.lines.findIndex((line) => line.code === item.code && !line.own && !line.reason
    && !line.discounts.length && line.listed === item.unit_price && line.price === item.unit_price);
  if (same >= 0 && !item.label && !isWeighed(item) && item.unit_price !== null) {
    const line = basket.lines[same];
    line.quantity = decimal(readParts(line.quantity, 6) + readParts(quantity ?? '1', 6));
    choose(same);
    return;
  }
  const line = newLine(item, quantity ?? labelQuantity(item));
  if (line.price === null) {
    const values = await ask({ title: t('no_price_title', { name: item.name }), fields: [priceField()], check: priceFault });
    if (!values) return;
    line.price = readAmount(values.price);
  }
  if (isWeighed(item) && !quantity && !item.label_grams) {
    const values = await askQuantity(line);
    if (!values) return;
    line.quantity = readQuantity(values.quantity);
  }
  add(line);
}

function add(line) {
  basket.lines.push(line);
  choose(basket.lines.length - 1);
  say(t('rang', { name: line.name, m: money(line.price) }));
}

function choose(nth) {
  chosen = nth;
  removed = null;
  changed();
  const line = basket.lines[nth];
  if (line) say(t('rang', { name: line.name, m: `${money(line.price)} × ${line.quantity}` }));
}

const priceField = (value) => ({ name: 'price', label: t('price'), value, required: true, pad: true, longest: 14 });

function amountFault(text, label) {
  if (plain(text).replace(/\D/g, '').length > AMOUNT_DIGITS) return t('too_long_amount');
  return readAmount(text) === null ? t('bad_amount', { label }) : null;
}

const priceFault = (values) => amountFault(values.price, t('price'))
  ?? (values.percent && readParts(values.percent, 4) === null ? t('bad_percent') : null);

// A question must not open in the middle of the next scan and swallow half of its digits.
let lastKey = 0;

async function quiet() {
  while (performance.now() - lastKey < 250) await new Promise((go) => { setTimeout(go, 50); });
}

async function addUnknown(code, quantity) {
  beep();
  await quiet();
  const values = await ask({
    title: t('unknown_title'), note: t('unknown_note', { code }), check: priceFault,
    fields: [{ name: 'name', label: t('name'), required: true }, priceField(),
      { name: 'percent', label: t('tax_percent'), value: kept('lastPercent', '10'), chips: ['10', '8', '0'], longest: 8 }],
  });
  if (!values) return;
  keep('lastPercent', values.percent);
  add({ ...newLine({ code, name: values.name, own: true, tax_percent: values.percent || null }, quantity), price: readAmount(values.price) });
}

async function search() {
  const values = await ask({ title: t('search_title'), ok: t('search'), fields: [{ name: 'q', label: t('search_for'), value: plainCode($('scan').value), required: true }] });
  $('scan').value = '';
  if (!values) return;
  try {
    const { items } = await api('GET', `/api/items?q=${encodeURIComponent(values.q)}`);
    const rows = items.map((item) => cells(button(item.name, () => {
      dialog.close();
      addItem(item);
    }), item.code, item.unit_price === null ? '' : money(item.unit_price)));
    const found = items.length ? table(['item', 'scan', 'price'], rows) : el('p', { textContent: t('nothing_found') });
    const more = items.length === 50 ? el('p', { textContent: t('search_more') }) : null;
    const dialog = sheet(t('search_title'), el('div', { className: 'scroll' }, more, found), button(t('search'), () => { dialog.close(); search(); }));
    dialog.querySelector('td button')?.focus();
  } catch (problem) {
    complain(problem);
  }
}

// --- A line ---

function line() {
  if (!basket.lines[chosen]) say(t('none_selected'));
  return basket.lines[chosen];
}

const askQuantity = (of) => ask({
  title: t('quantity_title', { name: of.name }), note: of.unit ? t('per_unit', { u: of.unit }) : null,
  fields: [{ name: 'quantity', label: t('quantity'), value: of.quantity, required: true, pad: true, longest: 14 }],
  check: (values) => (readQuantity(values.quantity) ? null : t('bad_quantity')),
});

async function setQuantity() {
  const of = line();
  const values = of && await askQuantity(of);
  if (!values) return;
  of.quantity = readQuantity(values.quantity);
  changed();
}

function step(nth, by) {
  const of = basket.lines[nth];
  if (!of) return;
  const parts = readParts(of.quantity, 6) + by * MICROS;
  if (parts > 0n) of.quantity = decimal(parts);
  choose(nth);
}

async function setPrice() {
  const of = line();
  if (!of) return;
  const differs = (values) => of.listed !== null && readAmount(values.price) !== of.listed;
  const values = await ask({
    title: t('price_title', { name: of.name }),
    fields: [{ ...priceField(typed(of.price)), label: t('new_price') },
      { name: 'reason', label: t('reason'), value: of.reason, chips: t('reasons_price').split('|') },
      { name: 'percent', label: t('tax_percent'), value: of.percent ?? '', chips: ['10', '8'], longest: 8 }],
    check: (given) => priceFault(given) ?? (differs(given) && !given.reason ? t('price_reason_needed') : null),
  });
  if (!values) return;
  Object.assign(of, { price: readAmount(values.price), reason: differs(values) ? values.reason : '', percent: values.percent || of.listedPercent });
  changed();
}

// What a discount question answers: a percentage, an amount, or what is wrong with both.
function offFault(values, most) {
  if (values.none || values.whole) return null;
  if (values.percent) return /^([1-9]\d?|100)$/.test(values.percent) ? null : t('bad_percent');
  if (!values.amount) return t('give_one');
  const fault = amountFault(values.amount, t('off_amount'));
  return fault ?? (readAmount(values.amount) > most ? t('too_much_off', { m: money(most) }) : null);
}

function offOf(values, fallback) {
  if (values.percent) return { label: values.label || t('percent_off', { n: values.percent }), percent: Number(values.percent) };
  return { label: values.label || fallback, amount: readAmount(values.amount) };
}

const offFields = () => [
  { name: 'amount', label: t('off_amount'), pad: true, longest: 14 },
  { name: 'percent', label: t('off_percent'), pad: true, longest: 3 },
  { name: 'label', label: t('label'), longest: 40 },
];

async function setDiscount() {
  const of = line();
  if (!of) return;
  const values = await ask({
    title: t('discount_title', { name: of.name }), fields: offFields(), check: (given) => offFault(given, reckonLine(of).amount),
    quick: [{ label: t('half'), values: { percent: '50', label: t('half') } }, { label: t('percent_off', { n: 20 }), values: { percent: '20' } },
      { label: t('percent_off', { n: 30 }), values: { percent: '30' } }, { label: t('no_discount'), values: { none: true } }],
  });
  if (!values) return;
  if (values.none) of.discounts = [];
  else of.discounts.push(offOf(values, t('off')));
  changed();
}

function remove(nth) {
  const [gone] = basket.lines.splice(nth, 1);
  if (!gone) return;
  chosen = Math.min(chosen, basket.lines.length - 1);
  changed();
  removed = { gone, nth };
  say(t('removed', { name: gone.name }), button(t('undo'), undo));
}

function undo() {
  if (!removed) return;
  basket.lines.splice(removed.nth, 0, removed.gone);
  choose(removed.nth);
  rest();
}

// --- The whole receipt ---

async function adjust() {
  if (!basket.lines.length) return say(t('none_selected'));
  const kinds = ['discount', 'coupon', 'points', 'fee'];
  const values = await ask({
    title: t('receipt_title'), fields: [...offFields(), { name: 'kind', label: t('kind'), options: kinds.map((kind) => [kind, t(kind)]) }],
    check: (given) => offFault(given, given.kind === 'fee' ? Infinity : reckon(basket).total),
    quick: [5, 10, 20].map((n) => ({ label: t('percent_off', { n }), values: { percent: String(n) } })),
  });
  if (!values) return;
  basket.adjustments.push({ kind: values.kind, ...offOf(values, values.kind === 'points' ? t('points_note') : t(values.kind)) });
  changed();
}

async function askMember() {
  const values = await ask({ title: t('member'), fields: [{ name: 'code', label: t('member_code'), value: basket.buyer, longest: 64 }] });
  if (values) setMember(plainCode(values.code));
}

function setMember(code) {
  basket.buyer = code;
  changed();
  if (code) say(t('member_set'));
}

// Prices may have changed since something was rung up or put on hold.
async function refreshPrices() {
  let different = false;
  for (const of of basket.lines.filter((one) => one.code && !one.own)) {
    try {
      const item = await api('GET', `/api/items/${encodeURIComponent(of.code)}`);
      different ||= item.unit_price !== of.listed || item.tax_percent !== of.listedPercent;
      if (of.price === of.listed && item.unit_price !== null) of.price = item.unit_price;
      if (of.percent === of.listedPercent) of.percent = item.tax_percent;
      Object.assign(of, { listed: item.unit_price, listedPercent: item.tax_percent, included: item.tax_included !== false });
    } catch {
      // The device says so itself when the sale is finished.
    }
  }
  changed();
  if (different) say(t('prices_changed'));
}

// --- Payment ---

async function pay(kind) {
  if (!basket.lines.length) return say(t('none_selected'));
  const sums = reckon(basket);
  if (sums.total < 0) return complain(new Problem(0, 'basket', t('negative_total')));
  if (sums.due <= 0) return finish();
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
  if (reckon(basket).due <= 0) await finish();
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
  const names = basket.lines.map((of) => of.name);
  try {
    const number = kept('training.number', 0) + 1;
    const finished = training
      ? practised(basket, terminalNumber(), staffNumber(), shop.business_date, number)
      : await api('POST', '/api/sales', message(basket, terminalNumber(), staffNumber()));
    if (training) keep('training.number', number);
    const { settlement } = finished;
    const article = slip(settlement, names, { claim: finished.claim_code, training });
    clear();
    finishedSheet({
      title: t('done_sale'), big: money(settlement.change ?? 0), bigLabel: t('change'), article,
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
    basket = taken;
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
  const code = kept('bag', '');
  if (!code) return say(t('no_bag'));
  scans = scans.then(() => ringUp(code));
}

// --- The screen ---

function lineRow(of, nth, sums) {
  const name = el('button', { type: 'button', className: 'name', 'aria-label': t('select_of', { name: of.name }), 'data-focus': `name${nth}`, onclick: () => choose(nth) }, of.name);
  const details = [...sums.offs.map((off) => `${off.label} ${money(-off.amount)}`), of.reason].filter(Boolean);
  const small = (text, label, id, onclick) => button(text, onclick, { 'aria-label': t(label, { name: of.name }), 'data-focus': `${id}${nth}` });
  const node = el('tr', { onclick: (event) => { if (!event.target.closest('button')) { choose(nth); rest(); } } },
    el('td', {}, name, ...details.map((text) => el('small', { textContent: text }))),
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
    ...(basket.buyer ? [extra(`${t('member')} …${basket.buyer.slice(-4)}`, '', () => { basket.buyer = ''; })] : []),
    ...basket.adjustments.map((one, nth) => extra(one.label, money(sums.adjustments[nth].reduce((all, part) => all + part.amount, 0)), () => basket.adjustments.splice(nth, 1))),
    ...basket.tenders.map((one, nth) => extra(t(one.kind), money(one.amount), () => basket.tenders.splice(nth, 1))));
  const begun = basket.tenders.length > 0;
  $('due').textContent = begun ? t(sums.due > 0 ? 'due' : 'finish_again', { m: money(sums.due) }) : '';
  if (focus) document.querySelector(`[data-focus="${focus}"]`)?.focus();
}

function renderFrame() {
  translate();
  document.body.classList.toggle('training', training);
  document.body.classList.toggle('narrow-paper', kept('paper', '80') === '58');
  $('training').setAttribute('aria-pressed', String(training));
  $('training-sign').hidden = !training;
  $('language').textContent = t('other_language');
  $('language').lang = lang === 'ja' ? 'en' : 'ja';
  $('terminal').textContent = terminalNumber();
  const pays = [['cash', 'F8'], ['card', 'F9'], ['emoney', ''], ['qr', ''], ['points', '']];
  $('pay').setAttribute('aria-label', t('to_pay', { m: '' }).trim());
  $('pay').replaceChildren(...pays.map(([kind, key]) => keyButton(key, t(kind), () => pay(kind), kind)));
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
  ['F10', 'k_hold', holdOrRecall], ['', 'k_recall', recallSheet], ['', 'k_member', askMember], ['', 'k_bag', bag], ['Escape', 'k_cancel', escape],
];

function onKey(event) {
  if (document.querySelector('dialog[open]') || event.isComposing) return;
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

async function settings() {
  const values = await ask({
    title: t('settings_title'),
    fields: [{ name: 'terminal', label: t('till_number'), value: terminalNumber(), required: true, longest: 32 },
      { name: 'paper', label: t('paper'), value: kept('paper', '80'), options: [['80', '80 mm'], ['58', '58 mm']] },
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
  whenClosed = rest;
  wireScan();
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
