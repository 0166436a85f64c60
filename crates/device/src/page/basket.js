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

function emptyBasket() {
  return { buyer: '', lines: [], adjustments: [], tenders: [] };
}

// How much a scale's label says, in the item's unit; nothing if it says no weight.
function labelQuantity(item) {
  if (!item.label_grams) return null;
  const parts = { kg: 1000n, '100g': 10000n }[item.unit] ?? MICROS;
  return decimal(BigInt(item.label_grams) * parts);
}

// A line for an item of the store, or for what the cashier entered.
function newLine(item, quantity) {
  return {
    code: item.label ?? item.code ?? null, name: item.name, own: item.own === true, quantity: quantity ?? '1',
    unit: item.unit ?? null, listed: item.unit_price ?? null, price: item.label_price ?? item.unit_price ?? null,
    percent: item.tax_percent ?? null, listedPercent: item.tax_percent ?? null,
    included: item.tax_included !== false, reason: '', discounts: [],
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

// A change of the whole receipt falls on each tax rate in proportion to what was sold under it. The
// last rate takes what division leaves, so that the parts are the whole. An adjustment names a rate
// but not whether the tax is inside; the device counts it to the inside where there is one.
function spread(adjustment, sums) {
  const rates = new Map();
  for (const sum of sums.values()) {
    const rate = rates.get(sum.percent) ?? { percent: sum.percent, amount: 0, key: sum.key };
    rate.amount += sum.amount;
    if (sum.included) rate.key = sum.key;
    rates.set(sum.percent, rate);
  }
  const parts = [...rates.values()].filter((rate) => rate.amount > 0);
  const base = parts.reduce((all, rate) => all + rate.amount, 0);
  const whole = adjustment.percent === undefined
    ? adjustment.amount
    : Number((BigInt(base) * BigInt(adjustment.percent)) / 100n);
  const sign = adjustment.kind === 'fee' ? 1 : -1;
  let left = whole;
  return parts.map((rate, nth) => {
    const part = nth === parts.length - 1
      ? left
      : Number((BigInt(whole) * BigInt(rate.amount)) / BigInt(base));
    left -= part;
    return { key: rate.key, kind: adjustment.kind, label: adjustment.label, percent: rate.percent, amount: sign * part };
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
  return { lines, adjustments, rows, taxes, total, paid, due: total - paid, pieces };
}

// The basket as the device takes it. The price is always said: a price that changed in the store
// database after the customer saw it must not pass silently.
function message(basket, terminal, staff) {
  const sums = reckon(basket);
  const lines = basket.lines.map((line, nth) => {
    const sent = { quantity: line.quantity, unit_price: line.price };
    if (line.code) sent.code = line.code;
    if (line.own || !line.code) sent.name = line.name;
    if (line.reason) sent.reason = line.reason;
    if (line.percent !== null && (line.own || line.percent !== line.listedPercent)) sent.tax_percent = line.percent;
    const discounts = sums.lines[nth].offs.filter((off) => off.amount > 0);
    if (discounts.length) sent.discounts = discounts;
    return sent;
  });
  const adjustments = sums.rows.map((row) => {
    const sent = { kind: row.kind, label: row.label, amount: row.amount };
    if (row.percent !== null) sent.tax_percent = row.percent;
    return sent;
  });
  const body = { terminal, lines, adjustments, tenders: basket.tenders };
  if (staff) body.staff = staff;
  if (basket.buyer) body.buyer = basket.buyer;
  body.request = requestOf(basket, JSON.stringify(body));
  return body;
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
  }));
  const settlement = {
    kind: 'sale', terminal, staff, business_date: businessDate, transaction: String(number),
    receipt_number: `${terminal}-${number}`, purchased_at: new Date().toISOString(), currency, lines,
    adjustments: sums.rows, taxes: sums.taxes, tenders: basket.tenders, total: sums.total,
    change: Math.max(0, -sums.due),
  };
  return { business_date: businessDate, transaction: String(number), settlement };
}

// What the device said instead of yes, or that it said nothing.
class Problem extends Error {
  constructor(status, code, detail) {
    super(detail);
    Object.assign(this, { status, code });
  }
}

async function api(method, path, body) {
  const request = { method, headers: {} };
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
  if (!answer.ok) throw new Problem(answer.status, value?.code ?? 'other', value?.detail ?? String(answer.status));
  return value;
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
