//! The scanner of a till: reads codes out of a picture of the screen, as zbar does. It knows nothing of the
//! page but what can be seen.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What nothing here is written in, and random squares and bars now and then look like. */
const NEVER = ['-Sdatabar.disable', '-Sdatabar-exp.disable'];

/** The codes in what `target` (a page or a part of one) looks like, each as `[kind, text]`, ordered by kind. */
export async function scan(target) {
  const picture = await target.screenshot();
  const zbar = spawn('zbarimg', ['--quiet', '--nodbus', ...NEVER, 'PNG:-'], { stdio: ['pipe', 'pipe', 'inherit'] });
  let read = '';
  zbar.stdout.setEncoding('utf8').on('data', (part) => { read += part; });
  zbar.stdin.end(picture);
  const [code] = await once(zbar, 'close');
  // 4 says that there is nothing to read in the picture.
  if (code !== 0 && code !== 4) throw new Error(`zbarimg ended with ${code}`);
  return read.trim().split('\n').filter((line) => line !== '').map((line) => line.split(/:(.*)/s).slice(0, 2)).sort();
}
