// Reads the code of a receipt with the camera where the browser can, and writes what a Japanese keyboard
// typed as plain digits. The page is whole without this file; no picture leaves the phone.
const form = document.getElementById('claim');
const field = document.getElementById('claim-code');
const scan = document.getElementById('scan');
const view = document.getElementById('scan-view');
const failed = document.getElementById('scan-failed');

function tidy() {
  const plain = field.value.normalize('NFKC');
  if (plain !== field.value) field.value = plain;
}

// While an input method is choosing characters, what stands in the field is left alone.
field?.addEventListener('input', (event) => { if (!event.isComposing) tidy(); });
field?.addEventListener('compositionend', tidy);

const codeIn = (text) => /^(?:https?:\/\/\S+\/c\/)?(\d{20})$/.exec(text.trim())?.[1];

let stream;
function stop() {
  stream?.getTracks().forEach((track) => track.stop());
  stream = undefined;
  view.hidden = true;
  scan.textContent = scan.dataset.start;
}

async function look(detector) {
  while (stream) {
    for (const { rawValue } of await detector.detect(view)) {
      const code = codeIn(rawValue);
      if (code) {
        stop();
        field.value = code;
        form.requestSubmit();
        return;
      }
    }
    await new Promise((resolve) => { setTimeout(resolve, 150); });
  }
}

async function start() {
  failed.hidden = true;
  try {
    const detector = new BarcodeDetector({ formats: ['qr_code', 'code_128'] });
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
    view.srcObject = stream;
    view.hidden = false;
    scan.textContent = scan.dataset.stop;
    await view.play();
    await look(detector);
  } catch {
    stop();
    failed.hidden = false;
  }
}

async function offer() {
  if (!isSecureContext) {
    document.getElementById('scan-insecure').hidden = false;
    return;
  }
  if (!('BarcodeDetector' in window) || !navigator.mediaDevices) return;
  const formats = await BarcodeDetector.getSupportedFormats();
  if (!formats.includes('qr_code')) return;
  scan.dataset.start = scan.textContent;
  scan.hidden = false;
  scan.addEventListener('click', () => (stream ? stop() : start()));
  window.addEventListener('pagehide', stop);
}

if (scan) offer();
