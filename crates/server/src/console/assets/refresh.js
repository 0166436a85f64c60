// Looks again, every few seconds, at the parts of this page that say from where. The page is whole without
// this file; a part that cannot be had stays as it is.
for (const part of document.querySelectorAll('[data-from]')) {
  const look = async () => {
    if (document.hidden) return;
    const answer = await fetch(part.dataset.from, { headers: { accept: 'text/html' } });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const found = page.getElementById(part.id);
    if (found && found.innerHTML !== part.innerHTML) part.replaceChildren(...found.childNodes);
  };
  setInterval(() => look().catch(() => {}), Number(part.dataset.every) * 1000);
}
