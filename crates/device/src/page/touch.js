'use strict';
// Keys for what is sold by touch. Each rings up its code as a scan would; which ones there are, the
// shop decides in the store database.

let shownTouch = '';

function touchKey(key) {
  const node = button('', () => { scans = scans.then(() => ringUp(key.code)).catch(complain); });
  node.append(el('span', { textContent: key.label }));
  if (key.unit_price !== undefined) node.append(el('small', { textContent: money(key.unit_price) }));
  return node;
}

// Asks for the keys, and makes them anew only if one of them has changed: a finger may be on its way.
async function refreshTouch() {
  let keys;
  try {
    ({ keys } = await api('GET', '/api/touch'));
  } catch {
    // The bar at the bottom says what is wrong; the keys that are there stay.
    return;
  }
  const text = JSON.stringify([currency, keys]);
  if (text === shownTouch) return;
  shownTouch = text;
  $('touch').hidden = keys.length === 0;
  $('touch').replaceChildren(...keys.map(touchKey));
}
