// Registers passkeys and signs in by them, and takes the code of a scanned sheet into its field. The page
// is whole without this file; nothing is kept in the browser.
const place = document.getElementById('passkey');

function bytes(text) {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

async function asked() {
  const answer = await fetch(`${place.dataset.path}/options`);
  if (!answer.ok) throw new Error(`options: ${answer.status}`);
  const options = await answer.json();
  options.challenge = bytes(options.challenge);
  return options;
}

async function registered() {
  const options = await asked();
  options.user.id = bytes(options.user.id);
  options.excludeCredentials = options.excludeCredentials.map((known) => ({ ...known, id: bytes(known.id) }));
  const { response } = await navigator.credentials.create({ publicKey: options });
  return {
    clientDataJSON: text(response.clientDataJSON),
    attestationObject: text(response.attestationObject),
  };
}

async function asserted() {
  const { rawId, response } = await navigator.credentials.get({ publicKey: await asked() });
  return {
    id: text(rawId),
    clientDataJSON: text(response.clientDataJSON),
    authenticatorData: text(response.authenticatorData),
    signature: text(response.signature),
    userHandle: response.userHandle ? text(response.userHandle) : null,
  };
}

async function send() {
  const body = place.dataset.deed === 'create' ? await registered() : await asserted();
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(place.dataset.path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (answer.status === 404) return place.dataset.unknown;
  if (!answer.ok) return place.dataset.failed;
  const answered = await answer.json();
  // Whoever was going to a page goes on to it, unless there is something to be told first.
  const going = place.closest('[data-next]')?.dataset.next;
  const next = answered.next === '/book' && going ? going : answered.next;
  // To a place on this very page nothing would be loaded.
  if (next.split('#')[0] === location.pathname) location.reload();
  else location.assign(next);
  return '';
}

if (place && window.PublicKeyCredential) {
  const button = place.querySelector('button');
  const fault = place.querySelector('.fault');
  place.hidden = false;
  button.addEventListener('click', async () => {
    button.disabled = true;
    fault.hidden = true;
    fault.textContent = await send().catch((error) =>
      // Who closes the browser's own window knows what happened.
      (error.name === 'NotAllowedError' ? '' : place.dataset.failed));
    fault.hidden = fault.textContent === '';
    button.disabled = false;
  });
}

const code = document.getElementById('code');
if (code && location.hash.length > 30) {
  code.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, '', location.pathname);
  code.closest('form').querySelector('button').focus();
}
