//! What tests are written with: `flow` is one way that a person takes through the pages, on a server of its
//! own, in a browser that is watched.
import { test } from 'node:test';
import { visitor } from './browser.mjs';
import { inspect } from './inspect.mjs';
import { Orihon } from './orihon.mjs';
import { Town } from './town.mjs';
import { Watch } from './watch.mjs';

export { openConsole, street, GOODS, LATELY } from './town.mjs';
export const LANGS = ['ja', 'en'];
/** A flow that hangs ends; how slow a machine is does not fail it. */
const PATIENCE_MS = 240_000;

/** Declares a test: `body` gets what `walk` gives, and whatever goes wrong in the browser fails it. */
export function flow(name, look, body) {
  const about = Object.values(look).join(' ');
  test(about === '' ? name : `${name} (${about})`, { timeout: PATIENCE_MS }, () => walk(look, body));
}

/**
 * Runs one flow. `look` says what the visitor's browser is like (see `visitor`), and by which `host` this machine
 * is found, as browsers have passkeys for names only; `body` gets
 * `orihon` and `town`, `page` and `context` of the visitor, `visit(path)` which opens a page of the site, `goBack()`,
 * `inspect()` which looks the page over (with names of axe's rules, for those alone), `foresee(pattern)` for trouble that belongs to the flow, and
 * `another(look)` for a second visitor, watched as well.
 */
export async function walk(look, body) {
  const orihon = await Orihon.start();
  orihon.base = orihon.base.replace('127.0.0.1', look.host ?? '127.0.0.1');
  const contexts = [];
  const enter = async (look) => {
    const context = await visitor(look);
    const watch = new Watch(context, orihon.base);
    contexts.push({ context, watch });
    const page = await context.newPage();
    return {
      context,
      page,
      visit: (path) => page.goto(orihon.base + path),
      // A page that the browser kept is shown without being loaded; what to wait for says the flow. It goes once
      // the call has been answered, as nobody can answer for a page that is already gone.
      goBack: () => page.evaluate(() => { setTimeout(() => history.back()); }),
      inspect: (rules) => inspect(page, rules),
      foresee: (pattern) => watch.foresee(pattern),
    };
  };
  try {
    const first = await enter(look);
    await body({ ...first, orihon, town: new Town(orihon), another: enter });
    for (const { watch } of contexts) watch.judge();
  } catch (error) {
    // What the browser said meanwhile is often the reason.
    const said = contexts.flatMap(({ watch }) => watch.troubles);
    if (said.length > 0) error.message += `\n  meanwhile:\n  ${said.join('\n  ')}`;
    throw error;
  } finally {
    for (const { context } of contexts) await context.close();
    await orihon.stop();
  }
}
