// The processes of the trial, which is their parent: servers of Usher, nginx, PgBouncer.

import { spawn } from 'node:child_process';
import { appendFileSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE = 90_000;

export async function eventually(what, happened, patience = PATIENCE) {
    const deadline = Date.now() + patience;
    while (!(await happened())) {
        if (Date.now() > deadline) throw new Error(`it did not happen: ${what}`);
        await sleep(50);
    }
}

export class Process {
    constructor(command, { log, env = {} }) {
        const out = openSync(log, 'a');
        this.child = spawn(command[0], command.slice(1), { stdio: ['ignore', out, out], env: { ...process.env, ...env } });
        this.ended = new Promise((resolve) => {
            this.child.once('error', () => resolve({ at: Date.now(), code: 127 }));
            this.child.once('exit', (code, signal) => {
                this.end = { at: Date.now(), code, signal };
                resolve(this.end);
            });
        });
    }

    get runs() {
        return this.end === undefined;
    }

    /** Returns when it was sent, and how and when the process ended. */
    async signal(name) {
        const sent = Date.now();
        this.child.kill(name);
        return { sent, ...(await this.ended) };
    }
}

/** One of the servers: where it is, and the process of the moment. */
export class Server {
    constructor({ name, program, config, log, place, port, env }) {
        Object.assign(this, { name, program, config, log, place, env, address: `127.0.0.1:${port}` });
    }

    async isReady() {
        return this.place.ask('GET', '/readyz', { agent: false }).then(
            ({ status }) => status === 200,
            () => false,
        );
    }

    /** Until it is ready. */
    async start() {
        appendFileSync(this.log, `--- ${this.program} starts\n`);
        this.process = new Process([this.program, '--config', this.config], { log: this.log, env: this.env });
        await eventually(`${this.name} is ready`, async () => {
            if (!this.process.runs) throw new Error(`${this.name} has ended:\n${this.tail()}`);
            return this.isReady();
        });
    }

    /** For a start that is to be refused. Returns what was said. */
    async isRefused() {
        appendFileSync(this.log, '--- it is to be refused\n');
        const process = new Process([this.program, '--config', this.config], { log: this.log, env: this.env });
        const { code } = await Promise.race([process.ended, sleep(20_000, {}, { ref: false })]);
        if (code === undefined) await process.signal('SIGKILL');
        return { code, said: readFileSync(this.log, 'utf8').split('--- it is to be refused\n').at(-1) };
    }

    async kill() {
        return this.process.signal('SIGKILL');
    }

    async stop() {
        return this.process.signal('SIGTERM');
    }

    tail() {
        return readFileSync(this.log, 'utf8').split('\n').slice(-12).join('\n');
    }
}
