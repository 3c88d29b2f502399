// One running Usher: a process of its own, with its own database, data directory and mail server.

import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { createDatabase } from './database.ts';
import { Mailbox } from './mailbox.ts';
import { freePort } from './port.ts';

const top = resolve(import.meta.dirname, '../../..');
const program = resolve(process.env['USHER_BIN'] || join(top, 'target/debug/usher'));
const START = 60_000;
const STOP = 20_000;

export interface Console {
    /** Without a slash at the end. */
    url: string;
    mailbox: Mailbox;
    /** The one-time link that the server printed at its start. */
    setUpLink: string;
    /** What a command says that its operator gives beside it, like `recover-admin`. */
    command(...command: string[]): Promise<string>;
    /** What the server wrote, for the report of a failed test. */
    log(): string;
    /** Ends it as an operator would; it must end by itself and without an error. */
    stop(): Promise<void>;
}

/**
 * Starts one, with settings of its own as `USHER_…` variables if need be. In them `{folder}` is a folder of its own. People
 * find it at `host`: to whom it is `localhost`, whatever is at 127.0.0.1 is another site.
 */
export async function startConsole(settings: Record<string, string> = {}, host = '127.0.0.1'): Promise<Console> {
    const [port, mailbox, database, folder] = await Promise.all([
        freePort(),
        Mailbox.open(),
        createDatabase(),
        mkdtemp(join(tmpdir(), 'usher-browser-')),
    ]);
    // PostgreSQL runs under another user where the tests run as root.
    await chmod(folder, 0o711);
    const url = `http://${host}:${port}`;
    const env = {
        ...inherited(),
        USHER_LISTEN: `127.0.0.1:${port}`,
        USHER_PUBLIC_URL: url,
        USHER_DATA_DIR: join(folder, 'data'),
        USHER_SITE_ROOT: resolve(process.env['USHER_SITE_ROOT'] || join(top, 'target/site')),
        USHER_MAIL_URL: mailbox.url,
        ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, value.replace('{folder}', folder)])),
        ...(database ? { DATABASE_URL: database.url } : {}),
    };
    const server = new Server(env);
    const command = async (...args: string[]) => (await promisify(execFile)(program, args, { cwd: top, env })).stdout;
    const stop = async () => {
        try {
            await server.stop();
        } finally {
            await mailbox.close();
            await database?.drop();
            await rm(folder, { recursive: true, force: true });
        }
    };
    try {
        await server.isReady(`${url}/readyz`);
        const setUpLink = await server.prints(/https?:\/\/\S+\/setup\?token=[\w-]+/);
        return { url, mailbox, setUpLink, command, log: () => server.output, stop };
    } catch (error) {
        await stop().catch(() => undefined);
        throw error;
    }
}

/** The environment without what another Usher on this machine was told. */
function inherited(): NodeJS.ProcessEnv {
    return Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !/^(USHER_|LEPTOS_|DATABASE_URL$)/.test(name)),
    );
}

class Server {
    output = '';
    private readonly process: ChildProcess;
    private readonly ended: Promise<string>;
    private hasEnded = false;
    private readonly listeners = new Set<() => void>();

    constructor(env: NodeJS.ProcessEnv) {
        this.process = spawn(program, [], { cwd: top, env, stdio: ['ignore', 'pipe', 'pipe'] });
        for (const stream of [this.process.stdout, this.process.stderr]) {
            stream?.setEncoding('utf8').on('data', (text: string) => this.hears(text));
        }
        this.ended = new Promise((resolve) => {
            this.process.once('error', (error) => resolve(error.message));
            this.process.once('exit', (code, signal) => resolve(code === null ? `signal ${signal}` : `code ${code}`));
        });
        void this.ended.then(() => {
            this.hasEnded = true;
            this.hears('');
        });
    }

    private hears(text: string): void {
        this.output += text;
        for (const listener of this.listeners) listener();
    }

    /** What the server printed that looks like this. */
    async prints(pattern: RegExp): Promise<string> {
        const deadline = Date.now() + START;
        for (;;) {
            const found = this.output.match(pattern)?.[0];
            if (found) return found;
            this.mustRun(`printed nothing like ${pattern}`, deadline);
            await this.change(deadline);
        }
    }

    async isReady(url: string): Promise<void> {
        const deadline = Date.now() + START;
        while (!(await answersWell(url))) {
            this.mustRun(`did not answer at ${url}`, deadline);
            await this.change(Math.min(deadline, Date.now() + 50));
        }
    }

    async stop(): Promise<void> {
        this.process.kill('SIGTERM');
        const late = new Promise<string>((resolve) => setTimeout(resolve, STOP, 'late').unref());
        const how = await Promise.race([this.ended, late]);
        if (how === 'late') this.process.kill('SIGKILL');
        if (how !== 'code 0') throw new Error(`the server did not end well after SIGTERM (${how}):\n${this.tail()}`);
    }

    private mustRun(complaint: string, deadline: number): void {
        if (this.hasEnded) throw new Error(`the server ${program} ended and ${complaint}:\n${this.tail()}`);
        if (Date.now() >= deadline) throw new Error(`the server ${complaint}:\n${this.tail()}`);
    }

    private change(until: number): Promise<void> {
        return new Promise((resolve) => {
            const wake = () => {
                clearTimeout(timer);
                this.listeners.delete(wake);
                resolve();
            };
            const timer = setTimeout(wake, Math.max(0, until - Date.now()));
            this.listeners.add(wake);
        });
    }

    private tail(): string {
        return this.output.split('\n').slice(-40).join('\n');
    }
}

async function answersWell(url: string): Promise<boolean> {
    try {
        return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
    } catch {
        return false;
    }
}
