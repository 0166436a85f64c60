'use strict';
// What was rung up and what it comes to. The sums here are for the eye, and for training; what the
// device answers is what counts. Money is whole minor units and products are big integers, because
// fractions of a computer are not those of a shop.

const MICROS = 1000000n;
// More digits than this are a barcode that landed in the wrong field, not an amount.
const AMOUNT_DIGITS = 9;

let currency = localStorage.getItem('orihon.currency') || 'JPY';

// An element with its properties and children. Texts are set as texts, so no name is ever markup.
function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key in node) node[key] = value;
    else if (value !== undefined && value !== null) node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

// An input method writes digits and letters in full width; a scanner behind one does, too.
function plain(text) {
  return String(text ?? '').normalize('NFKC').trim();
}

// A long-vowel mark among digits is the hyphen key of a Japanese keyboard.
function plainCode(text) {
  const code = plain(text);
  const hyphened = code.replace(/[ー−‐–]/g, '-');
  return /^[\x20-\x7e]*$/.test(hyphened) ? hyphened : code;
}

// The digits of a member code without the blanks and hyphens that group them; any other text as it is.
function memberCode(text) {
  const code = plainCode(text);
  const digits = code.replace(/[\s-]/g, '');
  return /^\d{22}$/.test(digits) ? digits : code;
}

function fractionDigits() {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.resolvedOptions().maximumFractionDigits;
}

function money(minorUnits) {
  const digits = fractionDigits();
  const sign = minorUnits < 0 ? '-' : '';
  const text = String(Math.abs(minorUnits)).padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  const exact = digits ? `${whole}.${text.slice(-digits)}` : whole;
  const locale = lang === 'ja' ? 'ja-JP' : 'en-US';
  return new Intl.NumberFormat(locale, { style: 'currency', currency }).format(sign + exact);
}

// Minor units as somebody types them: without a currency sign.
function typed(minorUnits) {
  const digits = fractionDigits();
  const text = String(minorUnits).padStart(digits + 1, '0');
  return digits ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text;
}

// Reads an amount; null if it is none.
function readAmount(text) {
  const digits = fractionDigits();
  const found = /^(\d+)(?:\.(\d*))?$/.exec(plain(text).replace(/[,\s¥円$€]/g, ''));
  if (!found || (found[2] || '').length > digits) return null;
  const all = found[1] + (found[2] || '').padEnd(digits, '0');
  return all.replace(/^0+/, '').length > AMOUNT_DIGITS ? null : Number(all);
}

// Reads a decimal of up to `places` places into its smallest parts; null if it is none.
function readParts(text, places) {
  const found = /^(\d{1,7})(?:\.(\d*))?$/.exec(plain(text));
  if (!found || (found[2] || '').length > places) return null;
  return BigInt(found[1] + (found[2] || '').padEnd(places, '0'));
}

function readQuantity(text) {
  const parts = readParts(text, 6);
  return parts === null || parts === 0n ? null : decimal(parts);
}

function decimal(parts) {
  const text = String(parts).padStart(7, '0');
  return `${text.slice(0, -6)}.${text.slice(-6)}`.replace(/\.?0+$/, '');
}

// An instant as the store's clock showed it, whatever zone this browser lives in.
function clockTime(instant, options) {
  return new Date(instant.slice(0, 19)).toLocaleString(lang === 'ja' ? 'ja-JP' : 'en-GB', options);
}

// Now, written as the device writes instants, for what never leaves the page.
function hereNow() {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60000).toISOString();
}

function emptyBasket() {
  return { mode: 'sale', back: null, buyer: '', lines: [], adjustments: [], tenders: [] };
}

// A line for an item of the store, or for what the cashier entered. A scale's label is sent as it was
// scanned, and the price that it printed counts.
function newLine(item, quantity) {
  return {
    code: item.code ?? null, name: item.name, own: item.own === true, quantity: quantity ?? '1',
    unit: item.unit ?? null, listed: item.unit_price ?? null, price: item.label_price ?? item.unit_price ?? null,
    percent: item.tax_percent ?? null, listedPercent: item.tax_percent ?? null,
    included: item.tax_included !== false, reason: '', discounts: [], part: false,
    label: item.label ?? null, printed: item.label_price ?? null,
  };
}

// One line: its full price, what each discount takes off, and what is left. After a percentage a
// part of a minor unit is dropped from what is paid.
function reckonLine(line) {
  const full = Number((BigInt(line.price ?? 0) * readParts(line.quantity, 6)) / MICROS);
  let amount = full;
  const offs = line.discounts.map((discount) => {
    const left = discount.percent === undefined
      ? Math.max(0, amount - discount.amount)
      : Number((BigInt(amount) * BigInt(100 - discount.percent)) / 100n);
    const off = amount - left;
    amount = left;
    return { label: discount.label, amount: off };
  });
  return { full, offs, amount };
}

// A change of the whole receipt falls on each tax rate and place in proportion to what was sold
// there. The last one takes what division leaves, so that the parts are the whole.
function spread(adjustment, sums) {
  const parts = [...sums.values()].filter((sum) => sum.amount > 0);
  const base = parts.reduce((all, sum) => all + sum.amount, 0);
  const whole = adjustment.percent === undefined
    ? adjustment.amount
    : Number((BigInt(base) * BigInt(adjustment.percent)) / 100n);
  const sign = adjustment.kind === 'fee' ? 1 : -1;
  let left = whole;
  return parts.map((sum, nth) => {
    const part = nth === parts.length - 1
      ? left
      : Number((BigInt(whole) * BigInt(sum.amount)) / BigInt(base));
    left -= part;
    return { key: sum.key, kind: adjustment.kind, label: adjustment.label, percent: sum.percent, included: sum.included, amount: sign * part };
  }).filter((row) => row.amount !== 0);
}

// Everything the page shows of a basket.
function reckon(basket) {
  const lines = basket.lines.map(reckonLine);
  const sums = new Map();
  basket.lines.forEach((line, nth) => {
    const key = `${line.percent} ${line.included}`;
    const sum = sums.get(key) ?? { key, percent: line.percent, included: line.included, amount: 0 };
    sum.amount += lines[nth].amount;
    sums.set(key, sum);
  });
  const subtotal = lines.reduce((all, line) => all + line.amount, 0);
  const adjustments = [];
  for (const adjustment of basket.adjustments) {
    const rows = spread(adjustment, sums);
    for (const row of rows) sums.get(row.key).amount += row.amount;
    adjustments.push(rows);
  }
  const rows = adjustments.flat();
  const taxes = [...sums.values()].filter((sum) => sum.percent !== null)
    .map((sum) => {
      const taxable = BigInt(Math.max(0, sum.amount));
      const rate = readParts(sum.percent, 4) ?? 0n;
      const tax = Number((taxable * rate) / (sum.included ? 1000000n + rate : 1000000n));
      return { percent: sum.percent, included: sum.included, taxable: Number(taxable), tax };
    })
    .sort((a, b) => Number(a.percent) - Number(b.percent));
  const outside = taxes.filter((tax) => !tax.included).reduce((all, tax) => all + tax.tax, 0);
  const total = subtotal + rows.reduce((all, row) => all + row.amount, 0) + outside;
  const paid = basket.tenders.reduce((all, tender) => all + tender.amount, 0);
  const pieces = basket.lines.reduce((all, line) => all + (line.unit ? 1 : Number(line.quantity)), 0);
  const returned = basket.back?.returned ?? 0;
  return { lines, adjustments, rows, taxes, subtotal, total, paid, returned, due: total - returned - paid, pieces };
}

// The line that a part of a set or an option belongs to: the nearest before it that is none itself.
function whole(lines, nth) {
  return lines.findLastIndex((line, at) => at < nth && !line.part);
}

// The basket as the device takes it. The price is always said: a price that changed in the store
// database after the customer saw it must not pass silently.
function message(basket, terminal, staff) {
  const body = { terminal, ...soldOf(basket) };
  if (staff) body.staff = staff;
  body.request = requestOf(basket, JSON.stringify(body));
  return body;
}

function soldOf(basket) {
  const sums = reckon(basket);
  const lines = basket.lines.map((line, nth) => {
    const sent = { quantity: line.quantity, unit_price: line.price };
    if (line.code) sent.code = line.label ?? line.code;
    if (line.own || !line.code) sent.name = line.name;
    if (line.reason) sent.reason = line.reason;
    if (line.percent !== null && (line.own || line.percent !== line.listedPercent)) sent.tax_percent = line.percent;
    if (line.part && whole(basket.lines, nth) >= 0) sent.part_of = whole(basket.lines, nth) + 1;
    const discounts = sums.lines[nth].offs.filter((off) => off.amount > 0);
    if (discounts.length) sent.discounts = discounts;
    return sent;
  });
  const adjustments = sums.rows.map((row) => {
    const sent = { kind: row.kind, label: row.label, amount: row.amount };
    if (row.percent !== null) Object.assign(sent, { tax_percent: row.percent, tax_included: row.included });
    return sent;
  });
  const body = { lines, adjustments, tenders: basket.tenders };
  if (basket.buyer) body.buyer = basket.buyer;
  return body;
}

// What the rung-up lines are worth when they come back: what each costs after its discounts.
function looseOf(basket) {
  const sums = reckon(basket);
  return basket.lines.map((line, nth) => {
    const sent = { quantity: line.quantity, unit_price: line.price };
    if (line.code) sent.code = line.label ?? line.code;
    if (line.own || !line.code) sent.name = line.name;
    if (line.percent !== null && (line.own || line.percent !== line.listedPercent)) sent.tax_percent = line.percent;
    const discounts = sums.lines[nth].offs.filter((off) => off.amount > 0);
    if (discounts.length) sent.discounts = discounts;
    return sent;
  });
}

// The same basket asked for again is the same sale, in case only the answer was lost; a basket that
// was changed in between is another one.
function requestOf(basket, text) {
  if (basket.asked?.text !== text) {
    const random = crypto.getRandomValues(new Uint8Array(16));
    const id = Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
    basket.asked = { text, id };
  }
  return basket.asked.id;
}

// What the device would answer, for training: nothing leaves the page.
function practised(basket, terminal, staff, businessDate, number) {
  const sums = reckon(basket);
  const lines = basket.lines.map((line, nth) => ({
    code: line.code, name: line.name, quantity: line.quantity, unit: line.unit, unit_price: line.price,
    amount: sums.lines[nth].amount, discounts: sums.lines[nth].offs, tax_percent: line.percent,
    part_of: line.part ? whole(basket.lines, nth) + 1 : undefined,
  }));
  const settlement = {
    kind: 'sale', terminal, staff, business_date: businessDate, transaction: String(number),
    receipt_number: `${terminal}-${number}`, purchased_at: hereNow(), currency, lines,
    adjustments: sums.rows, taxes: sums.taxes, tenders: basket.tenders, total: sums.total,
    change: Math.max(0, -sums.due),
  };
  const paper = /^\d\d1\d{19}$/.test(basket.buyer) ? 'unwanted' : 'wanted';
  return { business_date: businessDate, transaction: String(number), paper, names: basket.lines.map((line) => line.name), settlement };
}
