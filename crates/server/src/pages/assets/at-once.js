// The one form of this page is sent by itself: opening the link is the whole step. Without scripts the
// button does the same.
const form = document.getElementById('at-once');
form.addEventListener('submit', () => {
  const button = form.querySelector('button');
  button.disabled = true;
  button.textContent = form.dataset.busy;
});
form.requestSubmit();
