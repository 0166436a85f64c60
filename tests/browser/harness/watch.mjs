//! Listens to everything that goes wrong in a browser context while a flow runs. What a flow does not foresee
//! fails it; so does what it foresees and what does not happen.

export class Watch {
  /** What went wrong so far, in words. */
  troubles = [];
  #foreseen = [];

  /** Watches a context that belongs to the site at `base`. */
  constructor(context, base) {
    const note = (what) => this.troubles.push(what);
    const origin = new URL(base).origin;
    context.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') note(`console ${message.type()}: ${message.text()}`);
    });
    context.on('weberror', (error) => note(`page error: ${error.error().stack ?? error.error()}`));
    context.on('request', (request) => {
      const url = new URL(request.url());
      const isOwn = url.origin === origin || url.protocol === 'data:' || url.protocol === 'blob:';
      if (!isOwn) note(`request to another host: ${request.url()}`);
    });
    context.on('requestfailed', (request) => {
      const why = request.failure()?.errorText;
      // Leaving a page ends what it listens to and what it was still asking for.
      const isLeft = why === 'net::ERR_ABORTED' && !request.isNavigationRequest();
      if (!isLeft) note(`request failed: ${request.method()} ${request.url()}: ${why}`);
    });
    context.on('response', (response) => {
      if (response.status() >= 400) note(`answered ${response.status()}: ${response.request().method()} ${response.url()}`);
    });
    context.on('dialog', (dialog) => {
      note(`a dialog: ${dialog.message()}`);
      dialog.dismiss().catch(() => {});
    });
  }

  /** What goes wrong and matches is part of the flow. It must happen. */
  foresee(pattern) {
    this.#foreseen.push(pattern);
  }

  /** Fails with everything that went wrong. */
  judge() {
    const unforeseen = this.troubles.filter((trouble) => !this.#foreseen.some((pattern) => pattern.test(trouble)));
    const missing = this.#foreseen.filter((pattern) => !this.troubles.some((trouble) => pattern.test(trouble)));
    const told = [...unforeseen, ...missing.map((pattern) => `foreseen, but it did not happen: ${pattern}`)];
    if (told.length > 0) throw new Error(`the browser had trouble:\n  ${told.join('\n  ')}`);
  }
}
