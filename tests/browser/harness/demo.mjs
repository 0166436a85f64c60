//! The demo for a flow, started as a newcomer starts it. It tells where its places are, and is left by Ctrl-C.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { PROGRAM } from './orihon.mjs';

const PLACES = {
  stage: /^ {2}begin at {2}(http:\S+)/,
  till: /^ {2}till {6}(http:\S+)/,
  // The one that is told last.
  base: /^ {2}server {4}(http:\S+)/,
};

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export class Demo {
  /** Starts one without the sales of other people, and returns once it has told where everything is. */
  static async start() {
    const child = spawn(PROGRAM, ['demo', '--no-live'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ORIHON_CONFIG: undefined },
    });
    running.add(child);
    const said = [];
    const places = {};
    await new Promise((found, fail) => {
      child.once('error', (cause) => fail(new Error(`${PROGRAM} does not start: build it first (cargo build -p orihon)`, { cause })));
      child.once('exit', (code) => fail(new Error(`the demo ended with ${code} before it was ready:\n${said.join('\n')}`)));
      createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
      createInterface({ input: child.stdout }).on('line', (line) => {
        said.push(line);
        for (const [name, pattern] of Object.entries(PLACES)) places[name] ??= pattern.exec(line)?.[1];
        if (places.base) found();
      });
    });
    return new Demo({ child, said, ...places });
  }

  constructor(parts) {
    Object.assign(this, parts);
  }

  /** Where a link of the stage leads in the end, such as `/go/book`: it is good for one browser. */
  async wayTo(path) {
    const answer = await fetch(this.stage + path, { redirect: 'manual' });
    if (answer.status !== 303) throw new Error(`${path} was answered with ${answer.status}`);
    return answer.headers.get('location');
  }

  /** Leaves it as people do. A demo that does not end well fails the flow. */
  async stop() {
    running.delete(this.child);
    if (this.child.exitCode === null) {
      this.child.kill('SIGINT');
      await once(this.child, 'exit');
    }
    if (this.child.exitCode !== 0) throw new Error(`the demo ended badly:\n${this.said.join('\n')}`);
  }
}
