//! A server of its own for one flow: the real program on a free port of this machine, with a folder that is
//! gone at its end. It is asked through its interface only, as tills and operators ask it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = resolve(import.meta.dirname, '../../..');
const BUILT = resolve(ROOT, process.env.CARGO_TARGET_DIR ?? 'target', 'debug/orihon');
/** The program under test: the one that was built last, unless told otherwise. */
export const PROGRAM = process.env.ORIHON_BIN ? resolve(process.env.ORIHON_BIN) : BUILT;
const READY = / is ready at (https?:\S+)/;
/** How the last line of its greeting begins, which comes in pieces. */
const CORNER = '└';

/** Servers that still run, so that none outlives the tests, whatever ends them. */
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export class Orihon {
  /** Starts one and returns as soon as it takes requests. */
  static async start(...options) {
    const folder = await mkdtemp(join(tmpdir(), 'orihon-browser-'));
    const data = join(folder, 'data');
    const child = spawn(PROGRAM, ['serve', '--data', data, '--listen', '127.0.0.1:0', ...options], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ORIHON_CONFIG: undefined },
    });
    running.add(child);
    const said = [];
    let base;
    await new Promise((found, fail) => {
      child.once('error', (cause) => fail(new Error(`${PROGRAM} does not start: build it first (cargo build -p orihon)`, { cause })));
      child.once('exit', (code) => fail(new Error(`the server ended with ${code} before it was ready:\n${said.join('\n')}`)));
      createInterface({ input: child.stderr }).on('line', (line) => {
        said.push(line);
        base ??= READY.exec(line)?.[1];
        if (base && line.startsWith(CORNER)) found();
      });
    }).catch(async (error) => {
      running.delete(child);
      await rm(folder, { recursive: true, force: true });
      throw error;
    });
    const operator = (await readFile(join(data, 'operator.key'), 'utf8')).trim();
    return new Orihon({ child, folder, base, address: base, operator, said });
  }

  constructor(parts) {
    Object.assign(this, parts);
  }

  /** Asks the interface at its own address, however a browser finds it, and gives the answer's content. Whatever is
   * no success fails the flow. */
  async ask(method, path, body, key = this.operator) {
    const answer = await fetch(this.address + path, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** Stops it in order, and takes its folder away. A server that does not stop well fails the flow. */
  async stop() {
    running.delete(this.child);
    if (this.child.exitCode === null) {
      this.child.kill('SIGTERM');
      await once(this.child, 'exit');
    }
    await rm(this.folder, { recursive: true, force: true });
    if (this.child.exitCode !== 0) throw new Error(`the server ended badly:\n${this.said.join('\n')}`);
  }
}
