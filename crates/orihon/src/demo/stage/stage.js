// Shows what waits at the shops as it changes, and copies the person's number. Without it the page is as
// it was when it was loaded.

const lang = document.body.dataset.lang;

async function look() {
  try {
    const answer = await fetch(`/state?lang=${lang}`, { signal: AbortSignal.timeout(4000) });
    for (const shop of answer.ok ? await answer.json() : []) {
      const node = document.querySelector(`.state[data-shop="${shop.shop}"]`);
      node.dataset.state = shop.is_cut ? 'cut' : 'whole';
      const line = node.querySelector('.line');
      line.textContent = shop.is_cut ? line.dataset.cut : line.dataset.whole;
      node.querySelector('.queue').textContent = shop.text;
    }
  } catch {
    // The demo may be over; what was last known stays.
  }
  setTimeout(look, 1000);
}

for (const button of document.querySelectorAll('[data-copy]')) {
  button.hidden = !navigator.clipboard;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = button.dataset.done;
  });
}

look();
