//! Looks a page over as it stands: what axe finds serious, and whether it is wider than the screen.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

// The short form: the browser has to read it anew for each page.
const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const GRAVE = ['serious', 'critical'];

/** Fails with every serious finding, and if the page can be pushed sideways; with some of axe's `rules` for those
 * alone, where the page was looked over before and only its colours or its width are others. */
export async function inspect(page, rules) {
  if (!await page.evaluate(() => 'axe' in globalThis)) await page.evaluate(AXE);
  const { violations, passes } = await page.evaluate((rules) => globalThis.axe.run({
    resultTypes: ['violations', 'passes'], ...(rules && { runOnly: rules }),
  }), rules);
  if (passes.length === 0) throw new Error('axe looked at nothing');
  const grave = violations.filter((violation) => GRAVE.includes(violation.impact));
  const found = grave.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html} ${node.failureSummary}`));
  const [wide, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  if (wide > screen) found.push(`the page is ${wide} wide on a screen of ${screen}`);
  if (found.length > 0) throw new Error(`${page.url()} does not pass:\n  ${found.join('\n  ')}`);
}
