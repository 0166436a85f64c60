'use strict';
// What is rung up: finding items, adding lines, and changing one line or the whole receipt. Payment
// is not done here.

// --- What is rung up ---

async function ringUp(text) {
  const typedIn = plainCode(text);
  if (!typedIn) return;
  calm();
  const member = memberCode(text);
  if (/^\d{22}$/.test(member) || /^usr_[0-9a-z]+$/.test(member)) {
    setMember(member);
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

// What a scale weighed, in the item's unit.
function weighed(item) {
  const parts = { kg: 1000n, '100g': 10000n }[item.unit] ?? MICROS;
  return decimal(BigInt(item.label_grams) * parts);
}

async function addItem(item, given) {
  const quantity = given ?? (item.label_grams ? weighed(item) : null);
  const same = item.label ? -1 : basket.lines.findIndex((line) => line.code === item.code && !line.own && !line.reason && !line.part && !line.label
    && !line.discounts.length && line.listed === item.unit_price && line.price === item.unit_price);
  if (same >= 0 && !isWeighed(item) && item.unit_price !== null) {
    const line = basket.lines[same];
    line.quantity = decimal(readParts(line.quantity, 6) + readParts(quantity ?? '1', 6));
    choose(same);
    return;
  }
  const line = newLine(item, quantity);
  if (line.price === null) {
    const values = await ask({ title: t('no_price_title', { name: item.name }), fields: [priceField()], check: priceFault });
    if (!values) return;
    line.price = readAmount(values.price);
  }
  if (isWeighed(item) && !quantity) {
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
  of.printed = null;
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

// Sets and options: the line belongs to the one before it, or stands for itself again.
function togglePart() {
  const of = line();
  if (!of) return;
  if (!of.part && whole(basket.lines, chosen) < 0) {
    say(t('part_first'));
    return;
  }
  of.part = !of.part;
  choose(chosen);
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
  if (values) setMember(memberCode(values.code));
}

function setMember(code) {
  basket.buyer = code;
  changed();
  if (code) say(t('member_set'));
}

// Prices may have changed since something was rung up or put on hold.
async function refreshPrices() {
  let different = false;
  for (const of of basket.lines.filter((one) => one.code && !one.own && (one.printed ?? null) === null)) {
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

